#!/bin/bash
# make-certificates.sh DIR [SECONDS] - authorities and certificates to try EAP-TLS with: good ones, and
# of each kind of bad one a server's and a client's. Needs openssl. SECONDS since 1970 is when "now"
# is; without it, it is now. Keys are new each time.
#
# For X in server, client:
#   X            good                       X-expired    was valid until 100 days ago
#   X-unknown    of another authority       X-early      valid in a year
#   X-revoked    is in crl.pem              X-name       good, but its name is other.example / mallory
#   X-usage      made for the other role    X-long       good; RSA, behind two authorities between
# each with X.pem (with the authorities between), X.key (PKCS #8), chmod 600; and
#   ca.pem crl.pem             whom to trust, and whom no longer
#   old-crl.pem                out of date
#   other-ca.pem               signed X-unknown
#   client-locked.key          client.key, encrypted with the passphrase "open sesame"
#   client-long-old.key        client-long.key as "RSA PRIVATE KEY"
# Names: lns.example (server), alice (client).
set -eu
DIR=${1:?directory}; NOW=${2:-$(date +%s)}
mkdir -p "$DIR"; cd "$DIR"
at() { date -u -d "@$((NOW + $1 * 86400))" +%Y%m%d%H%M%SZ; }  # days from now
umask 077

cat >openssl.cnf <<'CNF'
[ca]
default_ca = any
[any]
database = $ENV::AUTHORITY.index
serial = $ENV::AUTHORITY.serial
crlnumber = $ENV::AUTHORITY.crlnumber
certificate = $ENV::AUTHORITY.pem
private_key = $ENV::AUTHORITY.key
new_certs_dir = .
default_md = sha256
policy = names
unique_subject = no
rand_serial = yes
[names]
commonName = supplied
[req]
distinguished_name = nothing
[nothing]
[authority]
basicConstraints = critical,CA:true
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[server]
basicConstraints = critical,CA:false
keyUsage = critical,digitalSignature,keyEncipherment
extendedKeyUsage = serverAuth
subjectAltName = DNS:$ENV::NAME
authorityKeyIdentifier = keyid
[client]
basicConstraints = critical,CA:false
keyUsage = critical,digitalSignature,keyEncipherment
extendedKeyUsage = clientAuth
authorityKeyIdentifier = keyid
CNF
export NAME=-

key() { # name kind
  if [ "$2" = rsa ]; then openssl genpkey -quiet -algorithm RSA -pkeyopt rsa_keygen_bits:3072 -out "$1.key"
  else openssl genpkey -quiet -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1.key"; fi
}
authority() { # file name: its bookkeeping
  : >"$1.index"; echo 01 >"$1.crlnumber"; export AUTHORITY=$1
}
sign() { # authority file name extensions from to kind
  local AUTHORITY=$1; export AUTHORITY
  key "$2" "${7:-ec}"
  NAME=$3 openssl req -new -config openssl.cnf -key "$2.key" -subj "/CN=$3" -out "$2.csr"
  NAME=$3 openssl ca -batch -notext -config openssl.cnf -extensions "$4" \
    -startdate "$(at "$5")" -enddate "$(at "$6")" -in "$2.csr" -out "$2.pem" 2>/dev/null
  rm "$2.csr"
}
root() { # file name
  key "$1" ec; authority "$1"
  openssl req -new -config openssl.cnf -key "$1.key" -subj "/CN=$2" -out "$1.csr"
  openssl ca -batch -notext -selfsign -config openssl.cnf -extensions authority \
    -startdate "$(at -400)" -enddate "$(at 7000)" -in "$1.csr" -out "$1.pem" 2>/dev/null
  rm "$1.csr"
}

root ca "Test authority"; root other-ca "Another authority"
for role in server client; do
  if [ $role = server ]; then name=lns.example wrong=other.example other=client
  else name=alice wrong=mallory other=server; fi
  sign ca $role "$name" $role -1 3650
  sign ca $role-expired "$name" $role -300 -100
  sign ca $role-early "$name" $role 365 3650
  sign ca $role-revoked "$name" $role -1 3650
  sign ca $role-name "$wrong" $role -1 3650
  sign ca $role-usage "$name" $other -1 3650
  sign other-ca $role-unknown "$name" $role -1 3650
  AUTHORITY=ca openssl ca -config openssl.cnf -revoke $role-revoked.pem 2>/dev/null
done

sign ca between-1 "Authority between, the first" authority -1 3650 rsa; authority between-1
sign between-1 between-2 "Authority between, the second" authority -1 3650 rsa; authority between-2
for role in server client; do
  [ $role = server ] && name=lns.example || name=alice
  sign between-2 $role-long "$name" $role -1 3650 rsa
  cat between-2.pem between-1.pem >>$role-long.pem
done
: >crl.pem
for AUTHORITY in ca between-2; do
  export AUTHORITY
  openssl ca -config openssl.cnf -gencrl -crl_lastupdate "$(at -1)" -crl_nextupdate "$(at 3650)" >>crl.pem 2>/dev/null
done
AUTHORITY=ca openssl ca -config openssl.cnf -gencrl -crl_lastupdate "$(at -100)" -crl_nextupdate "$(at -50)" \
  >old-crl.pem 2>/dev/null
openssl pkcs8 -topk8 -in client.key -passout "pass:open sesame" -out client-locked.key
openssl rsa -traditional -in client-long.key -out client-long-old.key 2>/dev/null
rm -f ./*.index* ./*.serial ./*.crlnumber* ./*.attr openssl.cnf between-*.key [0-9A-F]*[0-9A-F].pem

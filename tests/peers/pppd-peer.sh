#!/bin/bash
# pppd-peer.sh - a real Linux pppd (Debian ppp 2.4.9, kernel 6.1 PPP drivers) in
# User Mode Linux or in a qemu VM, as a peer for a PPP implementation under test.
# Self-contained: needs only bash, perl-base, apt/dpkg (and qemu-system-x86 for -m qemu); no root.
# Everything else is fetched once as Debian packages with "apt-get download"
# (no root, nothing installed) into the cache directory, or taken from an
# installed system with -R / (packages ppp busybox-static user-mode-linux /
# linux-image-amd64 installed).
#
#   pppd-peer.sh build [-m uml|qemu] [-w CACHE] [-R ROOT]
#   pppd-peer.sh run   [options] -- pppd-option...
#
# options of run
#   -m uml|qemu       where pppd runs                               (uml)
#   -a kvm|tcg        qemu accelerator                              (tcg)
#   -l serial|hvc|vport  qemu line device: 16550 /dev/ttyS1, virtio-console
#                     tty /dev/hvc0, virtio-serial port + in-guest pty relay
#                                                                   (hvc)
#   -c pty|unix|tty:DEV[,DEV..]|fd:N[,N..]  line on the host: new pty, unix socket STATE/line0.sock
#                     (qemu only), existing host tty / inherited fd (uml only)  (pty)
#   -n N              number of lines (multilink); one pppd per line (1)
#   -S 'LINE'         line for /etc/ppp/{chap,pap}-secrets (repeatable)
#   -f GUEST=HOSTFILE put a host file into the guest (repeatable; mode kept)
#   -i 'SHELL'        run in the guest before pppd (repeatable)
#   -u 'SHELL'        run in the guest at ip-up, $1.. as of ip-up(8)
#   -6 'SHELL'        run in the guest at ipv6-up
#   -r                run pppd again each time it ends (server that survives)
#   -h                uml pty: closing the host end hangs the guest's line up (else it stays)
#   -H                halt the guest when pppd ends
#   -s DIR            state directory                               (mktemp)
#   -t SECS           kill the guest after SECS                     (none)
#   -w CACHE          cache directory   ($PPPD_PEER_CACHE, else ~/.cache/tunppp/pppd-peer;
#                     parallel calls share it: it is made by one of them under a lock)
#   -R ROOT           take files from an installed system at ROOT
#   -F                stay in the foreground
# prints, once the line exists:  LINE0=/dev/pts/N ... STATE=dir PID=pid
# state directory: line0..(symlink to the tty or the socket), console.log (kernel,
# pppd debug log), ctl (fifo: each line written is run by sh in the guest), pid
# To stop: kill $(cat STATE/pid)   or   echo 'poweroff -f' >STATE/ctl
set -eu
die() { echo "pppd-peer: $*" >&2; exit 1; }
SELF=$(readlink -f "$0")
MODE=uml ACCEL=tcg LINE=hvc CH=pty N=1 STATE= TMO= CACHE=${XDG_CACHE_HOME:-${HOME:+$HOME/.cache}}; CACHE=${PPPD_PEER_CACHE:-${CACHE:-/var/tmp}/tunppp/pppd-peer}
ROOT=${PPPD_PEER_ROOT:-} FG= RESPAWN= HALT= IPUP= IP6UP= PRE= SECRETS=() FILES=()
VERB=${1:-}; [ $# -gt 0 ] && shift
case $VERB in build|run) ;; *) sed -n '2,/^set -eu/p' "$SELF" | sed '$d;s/^# \?//'; exit 2;; esac
while getopts m:a:l:c:n:S:f:i:u:6:rHhs:t:w:R:F o; do case $o in
 m) MODE=$OPTARG;; a) ACCEL=$OPTARG;; l) LINE=$OPTARG;; c) CH=$OPTARG;; n) N=$OPTARG;;
 S) SECRETS+=("$OPTARG");; f) FILES+=("$OPTARG");; i) PRE+="$OPTARG"$'\n';;
 u) IPUP+="$OPTARG"$'\n';; 6) IP6UP+="$OPTARG"$'\n';; r) RESPAWN=1;; h) HUP=0;; H) HALT=1;;
 s) STATE=$OPTARG;; t) TMO=$OPTARG;; w) CACHE=$OPTARG;; R) ROOT=$OPTARG;; F) FG=1;;
 *) exit 2;; esac; done; shift $((OPTIND-1))

USERPKGS="ppp busybox-static libc6 libpcap0.8 libssl3 libcrypt1 libpam0g libsystemd0 libaudit1
 libcap2 libgcrypt20 liblzma5 libzstd1 liblz4-1 libdbus-1-3 libcap-ng0 libgpg-error0"
MODS="slhc crc-ccitt ppp_generic ppp_async ppp_synctty ppp_deflate bsd_comp libarc4 ppp_mppe ipv6 tun
 virtio virtio_ring virtio_pci_legacy_dev virtio_pci_modern_dev virtio_pci virtio_console"

fetch() { # packages -> $CACHE/root-$MODE
  rm -rf "$CACHE/root-$MODE.tmp"; mkdir -p "$CACHE/debs-$MODE" "$CACHE/root-$MODE.tmp"
  local kern
  if [ $MODE = uml ]; then kern=user-mode-linux
  else kern=$(apt-cache depends linux-image-amd64 | awk '/Depends: linux-image-[0-9]/{print $2;exit}'); fi
  [ -n "$kern" ] || die "no kernel package known to apt (apt-get update?)"
  ( cd "$CACHE/debs-$MODE" && rm -f ./*.deb && apt-get -qq -o APT::Sandbox::User=root download $USERPKGS $kern ) >&2
  local d; for d in "$CACHE/debs-$MODE"/*.deb; do dpkg -x "$d" "$CACHE/root-$MODE.tmp"; done
  rm -rf "$CACHE/root-$MODE"; mv "$CACHE/root-$MODE.tmp" "$CACHE/root-$MODE"
}
moddir() { if [ $MODE = uml ]; then ls -d "$R"/usr/lib/uml/modules/*/ | tail -1
  else local v; v=$(ls -d "$R"/lib/modules/*/kernel/drivers/net/ppp | grep -v -e cloud | tail -1); echo "${v%/kernel*}"; fi; }
kernel() { if [ $MODE = uml ]; then echo "$R/usr/bin/linux.uml"; else local m; m=$(moddir); m=${m%/}; echo "$R/boot/vmlinuz-${m##*/}"; fi; }

build() {  # one of several callers makes it, the others wait; each version of this script has its own image
  mkdir -p "$CACHE"; exec 9>"$CACHE/lock-$MODE"; flock 9; build_locked; exec 9>&-
}
build_locked() {
  if [ -n "$ROOT" ]; then R=${ROOT%/}; else [ -d "$CACHE/root-$MODE" ] || fetch; R=$CACHE/root-$MODE; fi
  local version; version=$(echo "$R" | cat "$SELF" - | sha256sum | cut -c1-12); IMG=$CACHE/base-$MODE-$version.cpio
  [ -e "$IMG" ] && return 0
  local T; T=$(mktemp -d); mkdir -p "$T"/{bin,sbin,dev,proc,sys,tmp,run,root,etc/ppp,lib64,lib/x86_64-linux-gnu,lib/mods,var/run,var/log,usr/sbin,usr/lib}
  cp "$R/bin/busybox" "$T/bin/busybox"; ln -s busybox "$T/bin/sh"
  cp "$R"/usr/sbin/{pppd,chat} "$T/usr/sbin/"; cp -r "$R/usr/lib/pppd" "$T/usr/lib/"
  local todo=("$T/usr/sbin/pppd") l p; declare -A seen=()       # library closure, by NEEDED
  while [ ${#todo[@]} -gt 0 ]; do local f=${todo[0]}; todo=("${todo[@]:1}")
    for l in $(grep -a -o -E 'lib[A-Za-z0-9_+-]+(\.[0-9]+)?\.so(\.[0-9]+)+' "$f" | sort -u); do
      [ -n "${seen[$l]:-}" ] && continue
      for p in "$R/lib/x86_64-linux-gnu/$l" "$R/usr/lib/x86_64-linux-gnu/$l"; do
        [ -e "$p" ] && { seen[$l]=1; cp -L "$p" "$T/lib/x86_64-linux-gnu/$l"; todo+=("$p"); break; }; done
    done; done
  cp -L "$R/lib64/ld-linux-x86-64.so.2" "$T/lib64/" 2>/dev/null || cp -L "$R/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2" "$T/lib64/"
  local md m k; md=$(moddir); : >"$T/lib/mods/order"
  add_mod() { local m=$1 k d; [ -e "$T/lib/mods/${m//_/-}.ko" ] && return 0
    k=$(find "$md" -name "${m//[-_]/[-_]}.ko" | head -1); [ -n "$k" ] || return 0
    for d in $(tr '\0' '\n' <"$k" | sed -n 's/^depends=//p' | tr , ' '); do add_mod "$d"; done
    cp "$k" "$T/lib/mods/${m//_/-}.ko"; echo "${m//_/-}" >>"$T/lib/mods/order"; }
  for m in $MODS; do add_mod "$m"; done
  cat >"$T/init" <<'INIT'
#!/bin/sh
/bin/busybox --install -s /bin
export PATH=/bin:/sbin:/usr/sbin
mount -t proc proc /proc; mount -t sysfs sys /sys; mount -t devtmpfs dev /dev 2>/dev/null || mdev -s
mkdir -p /dev/pts; mount -t devpts pts /dev/pts; dmesg -n 1 2>/dev/null
for m in $(cat /lib/mods/order); do insmod /lib/mods/$m.ko 2>/dev/null; done
[ -c /dev/ppp ] || mknod /dev/ppp c 108 0
[ -c /dev/net/tun ] || { mkdir -p /dev/net; mknod /dev/net/tun c 10 200; }
ifconfig lo 127.0.0.1 up
echo 1 >/proc/sys/net/ipv4/ip_forward; hostname peer
. /etc/peer.conf
[ -s /etc/peer.pre ] && . /etc/peer.pre
say() { echo "[peer $(cut -d' ' -f1 /proc/uptime)] $*"; }
one() { # line number
  dev=$(eval echo \$DEV$1)
  while :; do
    # for a test that wants no pppd for a while, and to know from when on there is none
    while [ -e /etc/ppp/hold ]; do : >/etc/ppp/held; usleep 20000; done
    set --; . /etc/ppp/peer.args           # sets "$@" to the pppd options
    say "start pppd on $dev: $*"
    case $dev in
    vport:*) p=${dev#vport:}; v=
      while [ -z "$v" ]; do v=$(grep -lx $p /sys/class/virtio-ports/*/name 2>/dev/null|head -1); [ -n "$v" ] || usleep 20000; done
      v=${v%/name}; v=/dev/${v##*/}
      exec 5<>$v
      /usr/sbin/pppd nodetach logfd 2 pty /bin/relay "$@" 2>&1 </dev/null; rc=$?; exec 5>&-;;
    *) while [ ! -c $dev ]; do usleep 20000; done
      stty -F $dev raw -echo 2>/dev/null
      /usr/sbin/pppd $dev nodetach logfd 2 "$@" 2>&1 </dev/null; rc=$?;;
    esac
    say "pppd on $dev ended rc=$rc"
    [ -n "$HALT" ] && { sync; poweroff -f; }
    [ -n "$RESPAWN" ] || break
    usleep 200000
  done
}
stty -echo </dev/console
say "init ready, kernel $(uname -r), $(/usr/sbin/pppd --version 2>&1)"
i=0; while [ $i -lt $N ]; do one $i & i=$((i+1)); done
while :; do while read -r l; do eval "$l"; done </dev/console; sleep 1; done
INIT
  # the port reads as end of file while nobody has the host side open
  printf '%s\n' '#!/bin/sh' 'PATH=/bin' "setsid sh -c 'while :; do cat <&5; usleep 20000; done' & r=\$!" 'cat >&5; kill -9 -- -$r' >"$T/bin/relay"
  chmod 755 "$T/init" "$T/bin/relay"
  printf 'root:x:0:0:root:/root:/bin/sh\n' >"$T/etc/passwd"; printf 'root:x:0:\ndip:x:30:\n' >"$T/etc/group"
  : >"$T/etc/resolv.conf"
  ( cd "$T"; find . | "$R/bin/busybox" cpio -o -H newc -R 0:0 2>/dev/null ) >"$IMG.tmp"; mv "$IMG.tmp" "$IMG"; rm -rf "$T"
}
q() { printf "%s" "'${1//\'/\'\\\'\'}'"; }

build; [ "$VERB" = build ] && { ls -l "$IMG" "$(kernel)"; exit 0; }

[ -n "$STATE" ] || STATE=$(mktemp -d /tmp/pppd-peer.XXXXXX); mkdir -p "$STATE"; STATE=$(readlink -f "$STATE")
rm -f "$STATE"/line* "$STATE"/ctl "$STATE"/console.log "$STATE"/pid
O=$STATE/overlay; rm -rf "$O"; mkdir -p "$O/etc/ppp"
{ echo "N=$N RESPAWN=$RESPAWN HALT=$HALT"
  for ((i=0;i<N;i++)); do case $MODE.$LINE in
    uml.*) echo "DEV$i=/dev/ttyS$i";; qemu.serial) echo "DEV$i=/dev/ttyS$((i+1))";;
    qemu.hvc) echo "DEV$i=/dev/hvc$i";; qemu.vport) echo "DEV$i=vport:line$i";; esac; done; } >"$O/etc/peer.conf"
{ printf 'set --'; for a in "$@"; do printf ' '; q "$a"; done; echo; } >"$O/etc/ppp/peer.args"
printf '%s' "$PRE" >"$O/etc/peer.pre"; : >"$O/etc/ppp/options"
for s in chap-secrets pap-secrets; do for l in "${SECRETS[@]:-}"; do [ -n "$l" ] && echo "$l"; done >"$O/etc/ppp/$s" || :; chmod 600 "$O/etc/ppp/$s"; done
printf '#!/bin/sh\nPATH=/bin:/sbin:/usr/sbin\nexec >/dev/console 2>&1\necho "[peer ip-up] $*"\n%s' "$IPUP" >"$O/etc/ppp/ip-up"
printf '#!/bin/sh\nPATH=/bin:/sbin:/usr/sbin\nexec >/dev/console 2>&1\necho "[peer ipv6-up] $*"\n%s' "$IP6UP" >"$O/etc/ppp/ipv6-up"
printf '#!/bin/sh\nexec >/dev/console 2>&1\necho "[peer auth-up] $*"\n' >"$O/etc/ppp/auth-up"
chmod 755 "$O"/etc/ppp/{ip-up,ipv6-up,auth-up}
for f in "${FILES[@]:-}"; do [ -n "$f" ] || continue; mkdir -p "$O/$(dirname "${f%%=*}")"; cp -p "${f#*=}" "$O/${f%%=*}"; done
( cat "$IMG"; cd "$O"; find . | "$R/bin/busybox" cpio -o -H newc -R 0:0 2>/dev/null ) >"$STATE/initrd"
mkfifo "$STATE/ctl"; K=$(kernel)

ARGS=()
if [ $MODE = uml ]; then
  ARGS=("$K" mem=192M "initrd=$STATE/initrd" root=/dev/ram0 quiet con=null con0=fd:0,fd:1 ssl=null "uml_dir=$STATE/uml/" umid=peer)
  for ((i=0;i<N;i++)); do case $CH in pty) ARGS+=("ssl$i=fd:@$i@");; tty:*|fd:*) IFS=, read -ra CC <<<"${CH#*:}"; ARGS+=("ssl$i=${CH%%:*}:${CC[i]}");; *) die "-c $CH not for uml";; esac; done
else
  Q=$(command -v qemu-system-x86_64) || die "need qemu-system-x86"
  ARGS=("$Q" -nodefaults -no-user-config -display none -no-reboot -m 192 -kernel "$K" -initrd "$STATE/initrd"
    -append "console=ttyS0 quiet loglevel=3 panic=-1 nokaslr mitigations=off random.trust_cpu=on no_timer_check"
    -chardev stdio,id=con,signal=off -device isa-serial,chardev=con
    -object rng-random,filename=/dev/urandom,id=rng0)
  case $ACCEL in kvm) ARGS+=(-accel kvm -cpu host);; *) ARGS+=(-accel tcg -cpu max);; esac
  case $LINE in hvc|vport) ARGS+=(-device virtio-serial-pci);; esac
  for ((i=0;i<N;i++)); do
    case $CH in pty) ARGS+=(-chardev "pty,id=line$i");; unix) ARGS+=(-chardev "socket,id=line$i,path=$STATE/line$i.sock,server=on,wait=off");; *) die "-c $CH not for qemu";; esac
    case $LINE in serial) ARGS+=(-device "isa-serial,chardev=line$i");;
      hvc) ARGS+=(-device "virtconsole,chardev=line$i");; vport) ARGS+=(-device "virtserialport,chardev=line$i,name=line$i");; esac
  done
fi
PTY=()   # uml: make the ptys here (UML's own ssl=pts channel moves 14 kB/s), pass the masters as fds
[ $MODE.$CH = uml.pty ] && PTY=(perl -e '$^F=255; use Fcntl; $st=shift; $hold=shift; $n=shift;
  for $i (0..$n-1) { sysopen($m[$i],"/dev/ptmx",O_RDWR|O_NOCTTY) or die "ptmx: $!";
    $b=pack("i",0); ioctl($m[$i],0x40045431,$b) or die "unlock: $!"; ioctl($m[$i],0x80045430,$b) or die "ptn: $!";
    $p="/dev/pts/".unpack("i",$b); system("stty","-F",$p,"raw","-echo");
    if ($hold) { sysopen($s[$i],$p,O_RDWR|O_NOCTTY) or die "$p: $!"; }
    symlink($p,"$st/line$i"); $f=fileno($m[$i]); for (@ARGV) { s/\@$i\@/$f/ } }
  exec @ARGV; die "exec: $!"' "$STATE" "${HUP:-1}" "$N")
( exec 3<>"$STATE/ctl"; export TMPDIR=/dev/shm; [ -d /dev/shm ] || unset TMPDIR
  exec ${TMO:+timeout -k 2 "$TMO"} "${PTY[@]}" "${ARGS[@]}" <&3 3>&- >"$STATE/console.log" 2>&1 ) &
PID=$!; echo $PID >"$STATE/pid"
for ((i=0;i<N;i++)); do
  if [ "$CH" = unix ]; then P=$STATE/line$i.sock; for _ in $(seq 100); do [ -S "$P" ] && break; sleep .05; done
  elif [ "$CH" = pty ]; then P=
    for _ in $(seq 200); do
      kill -0 $PID 2>/dev/null || { cat "$STATE/console.log" >&2; die "guest ended"; }
      if [ $MODE = uml ]; then P=$(readlink "$STATE/line$i" || :)
      else P=$(sed -n "s/.*redirected to \(\/dev\/[^ ]*\) (label line$i).*/\1/p" "$STATE/console.log" | head -1); fi
      [ -n "$P" ] && break; sleep .05; done
    [ -n "$P" ] || die "no line"; ln -sfn "$P" "$STATE/line$i"
  else P=$CH; fi
  echo -n "LINE$i=$P "
done
echo "STATE=$STATE PID=$PID"
[ -n "$FG" ] || exit 0
trap 'kill $PID' INT TERM
while kill -0 $PID 2>/dev/null; do wait $PID || :; done
# What User Mode Linux was about to start when it was killed, it leaves behind.
[ $MODE = uml ] || exit 0
left() { grep -lz -e "^uml_dir=$STATE/uml[/]$" /proc/[0-9]*/cmdline 2>/dev/null || :; }
while LEFT=$(left); [ -n "$LEFT" ]; do
  for P in $LEFT; do P=${P%/cmdline}; kill -9 "${P#/proc/}" 2>/dev/null || :; done
done

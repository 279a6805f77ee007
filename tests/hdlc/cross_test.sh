#!/bin/bash
# cross_test.sh aarch64|armv6|x86_64 SOURCE_DIR WORK_DIR
# The differential test of the kernels, compiled for another CPU and run by qemu-user: ARMv6 is that
# of a Pi Zero; x86_64 is the host's own program on the CPU that qemu can do most with, for hosts
# that have no AVX2.
set -euo pipefail
cpu=$1 source=$2 work=$3
mkdir -p "$work"

hdlc=$source/src/hdlc
sources=("$hdlc"/{deframer,framer,kernel}.cpp "$hdlc"/kernels/{reference,swar}.cpp
         "$source"/tests/hdlc/{differential,differential_main}.cpp)
case $cpu in
  aarch64)
    compiler=(aarch64-linux-gnu-g++) emulator=(qemu-aarch64 -cpu max) must=(swar neon neon-pmull)
    sources+=("$hdlc"/kernels/neon{,_pmull}.cpp)
    ;;
  armv6)
    compiler=(arm-linux-gnueabi-g++ -march=armv6 -marm) emulator=(qemu-arm -cpu arm1176) must=(swar)
    ;;
  x86_64)
    compiler=(g++) emulator=(qemu-x86_64 -cpu max) must=(swar ssse3 avx2)
    sources+=("$hdlc"/kernels/{ssse3,avx2,avx512}.cpp)
    ;;
esac

"${compiler[@]}" -std=c++20 -O2 -static -I"$source/src" -I"$source/include" "${sources[@]}" \
  -o "$work/differential-$cpu"
result=$("${emulator[@]}" "$work/differential-$cpu" 20) || { echo "$result"; exit 1; }
grep -v 'was not exercised' <<<"$result"  # that is for the test on the CPU itself to say
for set in "${must[@]}"; do
  grep -qx "$set: ok" <<<"$result" || { echo "$set did not run"; exit 1; }
done

#!/bin/bash
# install_test.sh static|shared|add_subdirectory SOURCE BUILD CXX
# What a user of the libraries does: install them (or take the source tree in), then build a
# program against them with CMake and with pkg-config, and run it.
set -euo pipefail
way=$1 source=$2 build=$3
export CXX=$4
unset DESTDIR
consumer=$source/tests/install/consumer
example=$source/examples/embed_minimal.cpp

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
prefix=$work/prefix

command -v ccache >/dev/null && export CMAKE_CXX_COMPILER_LAUNCHER=ccache
export CMAKE_GENERATOR=Ninja

install_current_build() { cmake --install "$build" --prefix "$prefix" >"$work/install.log"; }

build_and_install() {  # CMake options
  cmake -S "$source" -B "$work/build" -DCMAKE_BUILD_TYPE=None -DTUNPPP_TESTS=OFF -DTUNPPP_BENCH=OFF "$@"
  cmake --build "$work/build" --target tunppp_core tunppp_io
  cmake --install "$work/build" --prefix "$prefix" --component development >"$work/install.log"
}

build_consumer() {  # CMake options
  cmake -S "$consumer" -B "$work/consumer" -DEXAMPLE="$example" -DCMAKE_PREFIX_PATH="$prefix" "$@"
  cmake --build "$work/consumer"
}

expect_core() { "$@" | grep -x "server got 20 octets"; }
expect_io() { "$@" | grep -x "ended: tty_missing"; }

use_pkg_config() {  # core|io SOURCE OUTPUT
  PKG_CONFIG_PATH=$(dirname "$(find "$prefix" -name tunppp-core.pc)")
  export PKG_CONFIG_PATH
  local flags
  flags=$(pkg-config --cflags --libs "tunppp-$1")
  # shellcheck disable=SC2086  # flags are words
  "$CXX" "$2" -o "$3" $flags
}

library_path() { dirname "$(find "$prefix" -name 'libtunppp_core.*' | head -1)"; }

# Only what <tunppp/...> marks as exported may be visible, all of it in namespace tunppp.
expect_hidden_symbols() {
  local library
  for library in "$(library_path)"/libtunppp_{core,io}.so; do
    local shown
    shown=$(nm -DC --defined-only "$library" | cut -d' ' -f3-)
    grep -q 'tunppp::' <<<"$shown"
    if grep -E 'tunppp::(hdlc|cp|lcp|auth|ipcp|link|modem|trace|crypto|tty|tun|session)::|Botan|fmt::' <<<"$shown" |
      grep -v -E '^(typeinfo|vtable)'; then
      echo "$library shows what it should hide"
      return 1
    fi
  done
}

case $way in
  static)
    install_current_build
    build_consumer
    expect_core "$work/consumer/uses_core"
    expect_io "$work/consumer/uses_io"
    use_pkg_config core "$example" "$work/core"
    expect_core "$work/core"
    use_pkg_config io "$consumer/uses_io.cpp" "$work/io"
    expect_io "$work/io"
    "$prefix/bin/tunppp" --version
    ;;
  shared)
    build_and_install -DBUILD_SHARED_LIBS=ON
    expect_hidden_symbols
    build_consumer
    expect_core "$work/consumer/uses_core"
    expect_io "$work/consumer/uses_io"
    LD_LIBRARY_PATH=$(library_path)
    export LD_LIBRARY_PATH
    use_pkg_config core "$example" "$work/core"
    expect_core "$work/core"
    use_pkg_config io "$consumer/uses_io.cpp" "$work/io"
    expect_io "$work/io"
    ;;
  add_subdirectory)
    # One build for three questions: taking the tree in, building without Botan, and installing that.
    build_consumer -DTUNPPP_SUBDIRECTORY="$source" -DWITH_IO=OFF -DTUNPPP_BOTAN=OFF -DTUNPPP_IO=OFF \
      -DTUNPPP_INSTALL=ON
    expect_core "$work/consumer/uses_core"
    cmake --install "$work/consumer" --prefix "$prefix" --component development >"$work/install.log"
    if grep -i botan "$(library_path)"/cmake/tunppp/tunppp-core*.cmake "$(library_path)"/pkgconfig/*; then
      echo "the installed package asks for Botan"
      exit 1
    fi
    rm -rf "$work/consumer"
    build_consumer -DWITH_IO=OFF
    expect_core "$work/consumer/uses_core"
    ;;
esac

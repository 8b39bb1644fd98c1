#!/bin/sh
# Links as it is told, and keeps what the link of one binary took: its arguments, ended by zero bytes, and a copy of each file among them.
# The driver puts the words below in their places.
set -eu
keep=@KEEP@
linker=@LINKER@
binary=@BINARY@
# Build scripts and procedural macros are linked by it too, side by side. Where rustc puts the arguments into a file, nothing tells which
# link it is.
wanted=
before=
for argument do
    case $before in -o) case ${argument##*/} in "$binary" | "$binary"-*) wanted=yes ;; esac ;; esac
    case $argument in @*) wanted=yes ;; esac
    before=$argument
done
[ "$wanted" ] || exec "$linker" "$@"
rm -rf "$keep"
mkdir -p "$keep"
pwd >"$keep/directory"
: >"$keep/arguments"
number=0
before=
for argument do
    number=$((number + 1))
    told=$argument
    if [ "$before" != -o ] && [ -f "$argument" ]; then
        told=$keep/$number-${argument##*/}
        cp "$argument" "$told"
    fi
    printf '%s\0' "$told" >>"$keep/arguments"
    before=$argument
done
exec "$linker" "$@"

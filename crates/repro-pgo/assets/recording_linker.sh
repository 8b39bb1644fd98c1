#!/bin/sh
# Links as it is told, and keeps what the link took: its arguments, ended by zero bytes, and a copy of each file among them.
# The driver puts the two paths below in their places.
set -eu
keep=@KEEP@
linker=@LINKER@
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

# Runs the builder it is given and succeeds only if that fails: the output then holds `testBuildFailure.log` and `.exit`, as nixpkgs'
# `testers.testBuildFailure` leaves them.
set +e
"$@" > "$NIX_BUILD_TOP/testBuildFailure.log" 2>&1
code=$?
export PATH=/usr/bin:/bin
cat "$NIX_BUILD_TOP/testBuildFailure.log"
if [ "$code" = 0 ]; then
  echo "testBuildFailure: the build succeeded; it should have failed" >&2
  exit 1
fi
for output in $outputs; do
  rm -rf "${!output}"
  mkdir "${!output}"
done
cp "$NIX_BUILD_TOP/testBuildFailure.log" "$out/"
echo "$code" > "$out/testBuildFailure.exit"

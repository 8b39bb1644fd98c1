# The hashes of everything the PGO release is made of, so that another machine's can be compared with them.
#
# Earliest stage first: the first difference tells which stage doesn't repeat. Both tarballs are among them, because the ship gate, which
# measures and is not asked here, may choose either. The prebuilt driver is last.
{
  driver,
  pkgs,
  repro-pgo,
  stages,
}:

pkgs.runCommand "pgo-hashes" { nativeBuildInputs = [ repro-pgo ]; } ''
  mkdir -p "$out"
  repro-pgo release record inputs=${stages.inputs} instrumented=${stages.instrumented}/bin/relplan profile=${stages.profile} \
    optimized=${stages.package}/bin/relplan baseline=${stages.baseline}/bin/relplan \
    tarball="$(echo ${stages.tarball.pgo}/*.tar.gz)" tarball-lto="$(echo ${stages.tarball.lto}/*.tar.gz)" \
    driver="$(echo ${driver}/*.tar.gz)" --output "$out/hashes.json"
''

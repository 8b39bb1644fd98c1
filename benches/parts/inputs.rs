//! The held-out repositories that the gates measure, made once.

use std::path::{Path, PathBuf};

use git_fixtures::{generate_one, load_definition};
use relplan::config::{self, Config};
use relplan::history::PackageScope;
use relplan::version::TagTemplate;

/// The held-out repository of that name.
pub fn repository(name: &str) -> PathBuf {
    let definitions = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/bench-held-out");
    let definition = load_definition(&definitions.join(format!("{name}.json"))).expect("a definition of ours");
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("benches").join(name);
    generate_one(&definition, &path, true).expect("a writable folder");
    path
}

/// The configuration of a repository.
pub fn configuration(repository: &Path) -> Config {
    config::load(repository, None).expect("a configuration of ours").config
}

/// What the history is asked for each package.
pub fn scopes(config: &Config) -> Vec<PackageScope> {
    let scope = |package: &config::Package| PackageScope {
        tag_prefix: TagTemplate::of(config, package).prefix().as_bytes().to_vec(),
        path: package.path.clone(),
        ..PackageScope::default()
    };
    config.package.iter().map(scope).collect()
}

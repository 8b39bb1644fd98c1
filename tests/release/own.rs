//! This project's own configuration releases it.

use super::*;

#[test]
fn this_project_releases_itself() {
    let site = Site::empty();
    let source = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = ["relplan.toml", "CHANGELOG.md", "Cargo.toml", "Cargo.lock"].map(str::to_owned).to_vec();
    let crates = fs::read_dir(source.join("crates")).expect("the crates are part of the sources");
    let manifests =
        crates.map(|folder| format!("crates/{}/Cargo.toml", folder.expect("readable").file_name().to_string_lossy()));
    files.extend(manifests.filter(|path| source.join(path).exists()));
    for file in &files {
        write(&site.root(), file, &fs::read_to_string(source.join(file)).expect("it is part of the sources"));
    }
    site.start(&[]);
    site.commit("src/lib.rs", "feat: plan it all");
    site.git(&["push", "-q", "origin", "main"]);
    let validation = relplan(&site.root(), &["validate"]);
    assert!(validation.status.success(), "{}", stdout(&validation));
    let preview = site.release(&["--dry-run"]);
    assert!(preview.contains("on relplan/release-main") && preview.contains("Cargo.lock\n"), "{preview}");
    let before = site.text("Cargo.lock");
    site.release(&[]);
    site.git(&["checkout", "-q", "relplan/release-main"]);
    let (manifest, lock) = (site.text("Cargo.toml"), site.text("Cargo.lock"));
    let version =
        manifest.split("version = \"").nth(1).and_then(|rest| rest.split('"').next()).expect("it has a version");
    assert!(before.lines().zip(lock.lines()).filter(|(before, after)| before != after).count() >= files.len() - 4);
    assert!(site.text("CHANGELOG.md").contains(&format!("\n## [{version}] - ")));
    site.git(&["checkout", "-q", "main"]);
    site.git(&["merge", "-q", "--squash", "relplan/release-main"]);
    site.git(&["commit", "-qm", &format!("chore(release): relplan v{version} (#7)")]);
    site.git(&["push", "-q", "origin", "main"]);
    assert!(site.release(&[]).contains(&format!("  ✓ Created tag v{version}\n")));
    assert_eq!(git(&site.remote(), &["rev-parse", &format!("v{version}^{{}}")]), site.git(&["rev-parse", "main"]));
}

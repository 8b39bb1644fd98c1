//! Commits and tags are signed where git is configured to.

use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use super::*;

#[test]
fn commits_and_tags_are_signed_with_ssh() {
    are_signed("ssh-keygen", sign_with_ssh);
}

#[test]
fn commits_and_tags_are_signed_with_gpg() {
    are_signed("gpg", sign_with_gpg);
}

fn are_signed(program: &str, configure: fn(&Site)) {
    let Some(_) = test_support::require(program) else { return };
    let site = Site::single("floating_tags = [\"major\"]", "");
    configure(&site);
    site.release(&[]);
    site.assert_settled();
    site.git(&["verify-commit", "HEAD"]);
    for tag in ["v1.1.0", "v1"] {
        site.git(&["verify-tag", tag]);
        assert_eq!(site.git(&["rev-parse", &format!("{tag}^{{commit}}")]), site.git(&["rev-parse", "HEAD"]));
    }
}

/// Has git sign with a new key of OpenSSH's, and know it.
pub fn sign_with_ssh(site: &Site) {
    let key = site.folder.path().join("key");
    let made =
        Command::new("ssh-keygen").args(["-q", "-t", "ed25519", "-N", "", "-C", "releaser", "-f"]).arg(&key).status();
    assert!(made.is_ok_and(|status| status.success()), "ssh-keygen, of OpenSSH, is installed");
    let public = fs::read_to_string(key.with_extension("pub")).expect("it was made");
    let signers = site.folder.path().join("signers");
    fs::write(&signers, format!("releaser@example.org {public}")).expect("writable");
    for (name, value) in [
        ("gpg.format", "ssh"),
        ("user.signingKey", &key.to_string_lossy()),
        ("gpg.ssh.allowedSignersFile", &signers.to_string_lossy()),
        ("commit.gpgSign", "true"),
        ("tag.gpgSign", "true"),
    ] {
        site.git(&["config", name, value]);
    }
}

/// The same with a key of GnuPG's, in a home of its own.
fn sign_with_gpg(site: &Site) {
    let home = site.folder.path().join("gnupg");
    fs::create_dir(&home).expect("writable");
    fs::set_permissions(&home, fs::Permissions::from_mode(0o700)).expect("ours");
    let user = "releaser@example.org";
    let generate = ["--batch", "--quiet", "--passphrase", "", "--quick-generate-key", user, "ed25519", "sign", "never"];
    let made = Command::new("gpg").arg("--homedir").arg(&home).args(generate).status();
    assert!(made.is_ok_and(|status| status.success()), "gpg makes a key");
    let program = site.folder.path().join("gpg");
    fs::write(&program, format!("#!/bin/sh\nexec gpg --homedir '{}' \"$@\"\n", home.display())).expect("writable");
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("ours");
    for (name, value) in [
        ("gpg.program", &*program.to_string_lossy()),
        ("user.signingKey", user),
        ("commit.gpgSign", "true"),
        ("tag.gpgSign", "true"),
    ] {
        site.git(&["config", name, value]);
    }
}

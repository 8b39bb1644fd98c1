//! Commits and tags are signed where git is configured to.

use std::process::Command;

use super::*;

#[test]
fn commits_and_tags_are_signed_as_git_is_configured() {
    let site = Site::single("floating_tags = [\"major\"]", "");
    sign_with_ssh(&site);
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

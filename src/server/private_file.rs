//! Files and folders that only the server's own account may read: the database with what it mirrors, the key.
//!
//! What exists already keeps its mode, because an operator may have shared it on purpose; it is said in the log.

use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, Read, Write},
    os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, chown},
    path::Path,
};

/// Makes the folder and those above it, for this account alone.
///
/// # Errors
/// Of the file system.
pub fn create_folder(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}

/// Opens a file to write, and makes it for this account alone if it is not there. Its content stays.
///
/// # Errors
/// Of the file system.
pub fn open(path: &Path) -> io::Result<File> {
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .mode(0o600)
        .open(path)?;
    warn_if_shared(path, &file)?;
    Ok(file)
}

/// The whole text of a file.
///
/// # Errors
/// Of the file system; [`io::ErrorKind::NotFound`] when it is not there.
pub fn read(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    warn_if_shared(path, &file)?;
    let mut text = String::new();
    file.read_to_string(&mut text)?;
    Ok(text)
}

/// Makes a file for this account alone, whole or not at all: a loss of power leaves no half of it.
///
/// # Errors
/// Of the file system; [`io::ErrorKind::AlreadyExists`] when somebody made it meanwhile.
pub fn create(path: &Path, text: &str) -> io::Result<()> {
    let draft = path.with_extension(crate::server::random::new_id());
    let made = write_new(&draft, text).and_then(|()| match fs::hard_link(&draft, path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
        Ok(()) => fs::remove_file(&draft),
        // Some network folders have no links. There two that begin at the same moment may replace each other.
        Err(_) => fs::rename(&draft, path),
    });
    if made.is_err() {
        // What is in the way of the draft is in the way of its removal too; the first error is told.
        let _left_over = fs::remove_file(&draft);
    }
    made?;
    File::open(folder_of(path))?.sync_all()
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// Replaces the text of a file by what `change` makes of it, whole or not at all. Mode and owner stay, and who
/// changes it at the same moment waits.
///
/// # Errors
/// Of the file system, and of `change`; the file is as before then.
pub fn change(path: &Path, change: impl FnOnce(String) -> io::Result<String>) -> io::Result<()> {
    // The file itself is exchanged, so the lock is on its folder.
    let folder = File::open(folder_of(path))?;
    folder.lock()?;
    let old = fs::metadata(path)?;
    let text = change(fs::read_to_string(path)?)?;
    let draft = path.with_extension(crate::server::random::new_id());
    let made = write_new(&draft, &text).and_then(|()| {
        let new = fs::metadata(&draft)?;
        if (new.uid(), new.gid()) != (old.uid(), old.gid()) {
            chown(&draft, Some(old.uid()), Some(old.gid()))?;
        }
        fs::set_permissions(&draft, old.permissions())?;
        fs::rename(&draft, path)
    });
    if made.is_err() {
        // What is in the way of the draft is in the way of its removal too; the first error is told.
        let _left_over = fs::remove_file(&draft);
    }
    made?;
    folder.sync_all()
}

fn write_new(path: &Path, text: &str) -> io::Result<()> {
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

fn warn_if_shared(path: &Path, file: &File) -> io::Result<()> {
    let mode = file.metadata()?.mode() & 0o777;
    if mode & 0o077 != 0 {
        tracing::warn!(path = %path.display(), mode = format!("{mode:o}"), "other accounts of this machine may open this file; chmod 600 ends that");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_made_is_private_and_what_is_there_stays() {
        let folder = std::env::temp_dir().join(crate::server::random::new_id());
        let (inner, file) = (folder.join("a/b"), folder.join("a/b/c"));
        create_folder(&inner).expect("folder");
        std::io::Write::write_all(&mut open(&file).expect("file"), b"kept").expect("written");
        open(&file).expect("again");
        assert_eq!(read(&file).expect("read"), "kept");
        let made = folder.join("a/b/made.key");
        create(&made, "first").expect("made");
        let again = create(&made, "second").expect_err("it is there");
        assert_eq!(again.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(read(&made).expect("read"), "first");
        assert_eq!(
            fs::read_dir(&inner).expect("listed").count(),
            2,
            "no draft is left"
        );
        fs::set_permissions(&made, std::os::unix::fs::PermissionsExt::from_mode(0o640)).expect("shared");
        change(&made, |text| Ok(format!("{text} and second"))).expect("changed");
        change(&made, |_| Err(io::Error::other("no"))).expect_err("refused");
        assert_eq!(fs::read_to_string(&made).expect("read"), "first and second");
        assert_eq!(
            fs::read_dir(&inner).expect("listed").count(),
            2,
            "no draft is left"
        );
        for (path, mode) in [(&inner, 0o700), (&file, 0o600), (&made, 0o640)] {
            assert_eq!(std::fs::metadata(path).expect("there").mode() & 0o777, mode);
        }
        std::fs::remove_dir_all(folder).expect("removed");
    }
}

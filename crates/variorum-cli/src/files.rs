//! The outside world: models and documents on disk, and the shipped model in memory.

use crate::output::Failure;
use std::io::Write;
use std::path::{Path, PathBuf};
use variorum::{Loaded, World, load, shipped};

/// The largest file that is read.
const MAX_BYTES: u64 = 16 << 20;

/// The name of a model's first file, if only its folder is named.
pub const ROOT: &str = "model.vor";

/// A folder on disk. What lies outside it cannot be read, not even through a link.
pub struct Folder {
    root: PathBuf,
}

impl Folder {
    /// A folder.
    pub fn new(root: &Path) -> Folder {
        Folder { root: root.to_path_buf() }
    }
}

impl World for Folder {
    fn read(&self, path: &str) -> Result<String, String> {
        let root = self.root.canonicalize().map_err(|error| words(&error))?;
        let file = root.join(path).canonicalize().map_err(|error| words(&error))?;
        if !file.starts_with(&root) {
            return Err("it lies outside the model's folder".to_owned());
        }
        read(&file)
    }
}

/// A text file of bounded size.
pub fn read(file: &Path) -> Result<String, String> {
    let size = std::fs::metadata(file).map_err(|error| words(&error))?;
    if !size.is_file() {
        return Err("it is no file".to_owned());
    }
    if size.len() > MAX_BYTES {
        return Err(format!("it is larger than {} MiB", MAX_BYTES >> 20));
    }
    let bytes = std::fs::read(file).map_err(|error| words(&error))?;
    String::from_utf8(bytes).map_err(|error| format!("it is no UTF-8 text (byte {})", error.utf8_error().valid_up_to()))
}

/// Reads and parses a model: a file, a folder, or the shipped one.
pub fn model(path: Option<&Path>) -> Result<Loaded, Failure> {
    let Some(path) = path else {
        crate::output::say("(the model that was built into this program; name a folder to use its files)\n");
        return load(shipped::ROOT, &shipped::files()).map_err(Failure::Internal);
    };
    let (folder, file) = place(path);
    load(&file, &Folder::new(&folder))
        .map_err(|why| Failure::Files(format!("{} cannot be read: {why}", path.display())))
}

/// Whether a file could be written, found out before the work for it is done.
pub fn can_be_written(file: &Path) -> Result<(), Failure> {
    let fail = |why: &str| Err(Failure::Files(format!("{} cannot be written: {why}", file.display())));
    if file.is_dir() {
        return fail("it is a folder");
    }
    if file.file_name().is_none() {
        return fail("it names no file");
    }
    match folder(file).metadata() {
        Ok(folder) if folder.is_dir() => Ok(()),
        Ok(_) => fail("what it should lie in is no folder"),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => fail("its folder does not exist"),
        Err(error) => fail(&words(&error)),
    }
}

/// Writes a file wholly or not at all: beside it first, then in its place. What is no plain file, a device or a pipe, is
/// written to as it is; a link stays a link.
pub fn write_whole(file: &Path, bytes: &[u8]) -> Result<(), Failure> {
    can_be_written(file)?;
    let fail = |error: &std::io::Error| {
        Failure::Files(format!("{} cannot be written: {}", file.display(), words_of_writing(error)))
    };
    let to = file.canonicalize().unwrap_or_else(|_| file.to_path_buf());
    if to.metadata().is_ok_and(|there| !there.is_file()) {
        return std::fs::OpenOptions::new()
            .write(true)
            .open(&to)
            .and_then(|mut open| open.write_all(bytes))
            .map_err(|error| fail(&error));
    }
    let name = to.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let beside = folder(&to).join(format!(".{name}.{}.new", std::process::id()));
    let permissions = to.metadata().ok().map(|there| there.permissions());
    let written = std::fs::File::create(&beside).and_then(|mut open| {
        open.write_all(bytes)?;
        permissions.map_or(Ok(()), |permissions| open.set_permissions(permissions))?;
        // A full disk may show itself only here.
        open.sync_all()
    });
    written.and_then(|()| std::fs::rename(&beside, &to)).map_err(|error| {
        // Nothing is left behind, and what stood there before still does.
        let _ = std::fs::remove_file(&beside);
        fail(&error)
    })
}

fn folder(file: &Path) -> PathBuf {
    match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_path_buf(),
        _ => PathBuf::from("."),
    }
}

fn words_of_writing(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::StorageFull => "the disk is full".to_owned(),
        std::io::ErrorKind::PermissionDenied => "writing there is not allowed".to_owned(),
        std::io::ErrorKind::NotFound => "its folder does not exist".to_owned(),
        _ => error.to_string(),
    }
}

/// Whether a word of the command line is written like a path, as no name in a model is.
pub fn is_path(word: &str) -> bool {
    word.ends_with(".vor") || word.contains(std::path::is_separator)
}

/// Whether there is a model where a word points to: a file, or a folder with a model in it.
pub fn is_model(word: &str) -> bool {
    let path = Path::new(word);
    path.is_file() || path.join(ROOT).is_file()
}

/// The folder of a model and the name of its first file.
pub fn place(path: &Path) -> (PathBuf, String) {
    if path.is_dir() {
        return (path.to_path_buf(), ROOT.to_owned());
    }
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_path_buf(),
        _ => PathBuf::from("."),
    };
    let file = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    (folder, file)
}

/// An error of the file system, the usual ones in the same words on every system.
pub fn words(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "there is no such file".to_owned(),
        std::io::ErrorKind::PermissionDenied => "reading it is not allowed".to_owned(),
        _ => error.to_string(),
    }
}

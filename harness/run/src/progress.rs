//! The log of a run under way: what is judged is on the disk before the next picture is, so that a run that is killed
//! can still be reported.

use std::{
    fs::{self, File},
    io::Write as _,
    path::PathBuf,
    sync::Mutex,
    time::Instant,
};

use harness_model::{Began, PROGRESS_FILE, PictureReport, Progress, RunReport};

use crate::{RunError, output::Output};

/// The log, and what stands in it.
pub(crate) struct ProgressLog {
    /// Keeps the folder this run's own until the last line is written.
    output: Output,
    path: PathBuf,
    began: Began,
    clock: Instant,
    pictures: Mutex<(File, Vec<PictureReport>)>,
}

impl ProgressLog {
    /// Begins a log in a run's folder.
    pub(crate) fn start(output: Output, began: Began) -> Result<Self, RunError> {
        let path = output.path(PROGRESS_FILE);
        let file =
            File::create(&path).map_err(|source| RunError::Folder { action: "make", path: path.clone(), source })?;
        let log = Self { output, path, began, clock: Instant::now(), pictures: Mutex::new((file, Vec::new())) };
        log.write(&mut log.lock().0, &Progress::Began(Box::new(log.began.clone())))?;
        Ok(log)
    }

    /// Adds a picture.
    pub(crate) fn took(&self, picture: PictureReport) -> Result<(), RunError> {
        let mut held = self.lock();
        let line = Progress::Took { after_ms: self.ms(), picture: Box::new(picture.clone()) };
        held.1.push(picture);
        self.write(&mut held.0, &line)
    }

    /// The run as far as it came.
    pub(crate) fn report(&self) -> RunReport {
        self.began.report(self.ms(), self.lock().1.clone())
    }

    /// The run is reported in full; the log has nothing to add.
    pub(crate) fn end(&self) -> Result<(), RunError> {
        let path = self.output.path(PROGRESS_FILE);
        fs::remove_file(&path).map_err(|source| RunError::Folder { action: "remove", path, source })
    }

    /// One line, in one write: a process that dies leaves whole lines and at most one half at the end.
    fn write(&self, file: &mut File, line: &Progress) -> Result<(), RunError> {
        let mut text = serde_json::to_vec(line).expect("a line holds only texts, numbers and lists of them");
        text.push(b'\n');
        file.write_all(&text).map_err(|source| RunError::Folder { action: "write", path: self.path.clone(), source })
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, (File, Vec<PictureReport>)> {
        self.pictures.lock().expect("no panic happens under this lock")
    }

    fn ms(&self) -> u64 {
        u64::try_from(self.clock.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

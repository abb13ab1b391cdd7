//! Which fonts a page can use besides the ones it brings along.
//!
//! Each font package on a machine changes pictures, and so does the machine's own font configuration: it decides about
//! hinting, and about the font that stands behind `sans-serif`. A page under test should bundle its fonts. For pages
//! that do not, and for characters that their fonts lack, there have to be some: without any, Chromium draws no text at
//! all. So Chromium is shown exactly six faces, the ones of DejaVu that nearly every Linux machine has; further DejaVu
//! faces, if installed, would replace slanted and bold letters that are computed elsewhere. A machine without DejaVu
//! shows its own fonts, and the report says so.

use std::{
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
};

use crate::CaptureError;

/// The faces, as their files are called everywhere.
const FACES: [&str; 6] = [
    "DejaVuSans.ttf",
    "DejaVuSans-Bold.ttf",
    "DejaVuSansMono.ttf",
    "DejaVuSansMono-Bold.ttf",
    "DejaVuSerif.ttf",
    "DejaVuSerif-Bold.ttf",
];

/// Where systems keep fonts.
const FONT_FOLDERS: [&str; 3] =
    ["/usr/share/fonts", "/usr/local/share/fonts", "/run/current-system/sw/share/X11/fonts"];

/// The fonts shown to Chromium.
#[derive(Debug)]
pub(crate) struct Fonts {
    config_file: Option<PathBuf>,
}

impl Fonts {
    /// Writes a private font configuration into `folder`.
    pub(crate) fn prepare(folder: &Path) -> Result<Self, CaptureError> {
        let faces: Vec<PathBuf> = FACES.iter().filter_map(|face| find(face)).collect();
        if faces.len() < FACES.len() {
            return Ok(Self { config_file: None });
        }
        let fonts = folder.join("fonts");
        let config_file = folder.join("fonts.conf");
        let failed = |path: &Path| {
            let path = path.to_owned();
            move |source| CaptureError::Files { path, source }
        };
        fs::create_dir(&fonts).map_err(failed(&fonts))?;
        for (name, face) in FACES.iter().zip(&faces) {
            symlink(face, fonts.join(name)).map_err(failed(&fonts))?;
        }
        fs::write(&config_file, configuration(&fonts, &folder.join("font-cache"))).map_err(failed(&config_file))?;
        Ok(Self { config_file: Some(config_file) })
    }

    /// For the environment variable `FONTCONFIG_FILE`.
    pub(crate) fn config_file(&self) -> Option<&Path> {
        self.config_file.as_deref()
    }

    /// A line for the report.
    pub(crate) fn describe(&self) -> String {
        match self.config_file {
            Some(_) => "fonts the page's own, then DejaVu".into(),
            None => "fonts the page's own, then this machine's (DejaVu is not installed)".into(),
        }
    }
}

fn find(face: &str) -> Option<PathBuf> {
    FONT_FOLDERS.iter().find_map(|folder| find_below(Path::new(folder), face, 5))
}

fn find_below(folder: &Path, face: &str, depth: u32) -> Option<PathBuf> {
    let direct = folder.join(face);
    if direct.is_file() {
        return Some(direct);
    }
    let entries = fs::read_dir(folder).ok().filter(|_| depth > 0)?;
    let folders = entries.filter_map(Result::ok).map(|entry| entry.path()).filter(|path| path.is_dir());
    folders.into_iter().find_map(|folder| find_below(&folder, face, depth - 1))
}

/// Six faces, three generic families, and one way to draw: smooth edges in grey, hardly any hinting.
fn configuration(fonts: &Path, cache: &Path) -> String {
    let generic = |family: &str, face: &str| {
        format!("  <alias binding=\"same\"><family>{family}</family><prefer><family>{face}</family></prefer></alias>\n")
    };
    let drawing = [
        ("antialias", "<bool>true</bool>"),
        ("hinting", "<bool>true</bool>"),
        ("autohint", "<bool>false</bool>"),
        ("hintstyle", "<const>hintslight</const>"),
        ("rgba", "<const>none</const>"),
        ("lcdfilter", "<const>lcdnone</const>"),
    ];
    let edits: String = drawing
        .iter()
        .map(|(name, value)| format!("    <edit name=\"{name}\" mode=\"assign\">{value}</edit>\n"))
        .collect();
    let aliases: String = [
        ("sans-serif", "DejaVu Sans"),
        ("system-ui", "DejaVu Sans"),
        ("monospace", "DejaVu Sans Mono"),
        ("serif", "DejaVu Serif"),
    ]
    .iter()
    .map(|(family, face)| generic(family, face))
    .collect();
    format!(
        "<?xml version=\"1.0\"?>\n<!DOCTYPE fontconfig SYSTEM \"fonts.dtd\">\n<fontconfig>\n  <dir>{}</dir>\n  \
         <cachedir>{}</cachedir>\n{aliases}  <match target=\"pattern\">\n{edits}  </match>\n  <match target=\"font\">\n\
         {edits}  </match>\n  <match target=\"pattern\"><edit name=\"family\" mode=\"append_last\"><string>DejaVu \
         Sans</string></edit></match>\n</fontconfig>\n",
        fonts.display(),
        cache.display()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_face_is_found_at_some_depth_and_only_by_its_whole_name() {
        let root = tempfile::tempdir().unwrap();
        let deep = root.path().join("truetype/dejavu");
        fs::create_dir_all(&deep).unwrap();
        fs::write(deep.join("DejaVuSans.ttf"), "").unwrap();
        assert_eq!(find_below(root.path(), "DejaVuSans.ttf", 5), Some(deep.join("DejaVuSans.ttf")));
        assert_eq!(find_below(root.path(), "DejaVuSans.ttf", 1), None);
        assert_eq!(find_below(root.path(), "Sans.ttf", 5), None);
    }
}

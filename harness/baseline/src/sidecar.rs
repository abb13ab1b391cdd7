//! What lies beside a baseline: the outline of its page and where the picture comes from. Compressed, and bound to the
//! picture that it describes.
//!
//! Two files cannot be replaced in one step. So a sidecar names its picture by a checksum of the picture's file, and is
//! as good as missing beside any other: after a crash between the two writes, or a checkout of only one of them.

use std::io::{Read, Write};

use flate2::{Compression, GzBuilder, read::GzDecoder};
use harness_model::{Outline, Provenance};
use serde::{Deserialize, Serialize};

/// Version of the form.
const VERSION: u32 = 1;
/// No page's outline is longer than this; a file that unpacks to more is no sidecar.
const UNPACKED_MAX: u64 = 64 * 1024 * 1024;

#[derive(Serialize)]
struct Written<'a> {
    version: u32,
    picture: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    origin: Option<&'a Provenance>,
    outline: &'a Outline,
}

#[derive(Deserialize)]
struct Stored {
    version: u32,
    picture: String,
    /// Absent in sidecars of before it was told.
    #[serde(default)]
    origin: Option<Provenance>,
    outline: Outline,
}

/// What a sidecar tells of its picture.
#[derive(Debug, Clone, PartialEq)]
pub struct Sidecar {
    /// The outline of its page.
    pub outline: Outline,
    /// Where it comes from, if that was told.
    pub origin: Option<Provenance>,
}

/// The sidecar's bytes: the same for the same outline, origin and picture.
pub(crate) fn pack(outline: &Outline, origin: Option<&Provenance>, picture: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut packer = GzBuilder::new().mtime(0).write(Vec::new(), Compression::best());
    serde_json::to_writer(&mut packer, &Written { version: VERSION, picture: checksum(picture), origin, outline })?;
    packer.flush()?;
    packer.finish()
}

/// What a sidecar tells of this picture; `None` when it is damaged, of another version or of another picture.
pub(crate) fn unpack(sidecar: &[u8], picture: &[u8]) -> Option<Sidecar> {
    let mut text = Vec::new();
    GzDecoder::new(sidecar).take(UNPACKED_MAX).read_to_end(&mut text).ok()?;
    let Stored { version, picture: described, origin, outline } = serde_json::from_slice(&text).ok()?;
    (version == VERSION && described == checksum(picture) && outline.is_sound()).then_some(Sidecar { outline, origin })
}

fn checksum(picture: &[u8]) -> String {
    format!("{:08x}-{}", crc32fast::hash(picture), picture.len())
}

#[cfg(test)]
mod tests {
    use harness_model::{Element, Size};

    use super::*;

    fn outline() -> Outline {
        Outline {
            size: Size { width: 8, height: 8 },
            scale: 2.75,
            properties: vec!["color".into()],
            styles: vec![vec!["red".into()]],
            elements: vec![Element { tag: "p".into(), text: "Grüße".into(), ..Element::default() }],
        }
    }

    fn origin() -> Provenance {
        Provenance { browser: "Chromium 1".into(), scale: 2.75, ..Provenance::default() }
    }

    #[test]
    fn a_sidecar_without_an_origin_is_as_good() {
        let packed = pack(&outline(), None, b"picture").unwrap();
        assert_eq!(unpack(&packed, b"picture"), Some(Sidecar { outline: outline(), origin: None }));
    }

    #[test]
    fn a_sidecar_tells_of_its_own_picture_only() {
        let packed = pack(&outline(), Some(&origin()), b"picture").unwrap();
        assert_eq!(packed, pack(&outline(), Some(&origin()), b"picture").unwrap());
        assert_eq!(unpack(&packed, b"picture"), Some(Sidecar { outline: outline(), origin: Some(origin()) }));
        assert_eq!(unpack(&packed, b"another"), None);
    }

    #[test]
    fn what_is_no_sidecar_tells_nothing() {
        let packed = pack(&outline(), Some(&origin()), b"picture").unwrap();
        for cut in 0..packed.len() {
            assert_eq!(unpack(&packed[..cut], b"picture"), None, "cut at {cut}");
        }
        assert_eq!(unpack(b"{}", b"picture"), None);
        let unsound = Outline { styles: vec![], ..outline() };
        assert_eq!(unpack(&pack(&unsound, Some(&origin()), b"picture").unwrap(), b"picture"), None);
    }
}

//! The outline beside a baseline: compressed, and bound to the picture that it describes.
//!
//! Two files cannot be replaced in one step. So a sidecar names its picture by a checksum of the picture's file, and is
//! as good as missing beside any other: after a crash between the two writes, or a checkout of only one of them.

use std::io::{Read, Write};

use flate2::{Compression, GzBuilder, read::GzDecoder};
use harness_model::Outline;
use serde::{Deserialize, Serialize};

/// Version of the form.
const VERSION: u32 = 1;
/// No page's outline is longer than this; a file that unpacks to more is no sidecar.
const UNPACKED_MAX: u64 = 64 * 1024 * 1024;

#[derive(Serialize)]
struct Written<'a> {
    version: u32,
    picture: String,
    outline: &'a Outline,
}

#[derive(Deserialize)]
struct Stored {
    version: u32,
    picture: String,
    outline: Outline,
}

/// The sidecar's bytes: the same for the same outline and picture.
pub(crate) fn pack(outline: &Outline, picture: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut packer = GzBuilder::new().mtime(0).write(Vec::new(), Compression::best());
    serde_json::to_writer(&mut packer, &Written { version: VERSION, picture: checksum(picture), outline })?;
    packer.flush()?;
    packer.finish()
}

/// The outline in a sidecar of this picture; `None` when it is damaged, of another version or of another picture.
pub(crate) fn unpack(sidecar: &[u8], picture: &[u8]) -> Option<Outline> {
    let mut text = Vec::new();
    GzDecoder::new(sidecar).take(UNPACKED_MAX).read_to_end(&mut text).ok()?;
    let Stored { version, picture: described, outline } = serde_json::from_slice(&text).ok()?;
    (version == VERSION && described == checksum(picture) && outline.is_sound()).then_some(outline)
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

    #[test]
    fn a_sidecar_tells_of_its_own_picture_only() {
        let packed = pack(&outline(), b"picture").unwrap();
        assert_eq!(packed, pack(&outline(), b"picture").unwrap());
        assert_eq!(unpack(&packed, b"picture"), Some(outline()));
        assert_eq!(unpack(&packed, b"another"), None);
    }

    #[test]
    fn what_is_no_sidecar_tells_nothing() {
        let packed = pack(&outline(), b"picture").unwrap();
        for cut in 0..packed.len() {
            assert_eq!(unpack(&packed[..cut], b"picture"), None, "cut at {cut}");
        }
        assert_eq!(unpack(b"{}", b"picture"), None);
        let unsound = Outline { styles: vec![], ..outline() };
        assert_eq!(unpack(&pack(&unsound, b"picture").unwrap(), b"picture"), None);
    }
}

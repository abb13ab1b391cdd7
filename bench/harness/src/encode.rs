//! Pictures as PNG files, packed as a browser or as another tool packs them.

/// Pixels of a picture, row by row.
#[derive(Clone)]
pub(crate) struct Pixels {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) rgb: Vec<[u8; 3]>,
}

/// How a file is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Packing {
    /// As Chromium does: RGB, a filter chosen for each row, deflate level 6.
    Browser,
    /// RGBA, one filter for all rows, as quickly as it goes.
    Other,
}

impl Pixels {
    pub(crate) fn rgba(&self) -> Vec<u8> {
        self.rgb.iter().flat_map(|&[r, g, b]| [r, g, b, 255]).collect()
    }

    pub(crate) fn png(&self, packing: Packing) -> Vec<u8> {
        const HOLDS: &str = "writing to memory does not fail";
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, self.width as u32, self.height as u32);
        let samples = match packing {
            Packing::Browser => {
                encoder.set_color(png::ColorType::Rgb);
                encoder.set_deflate_compression(png::DeflateCompression::Level(6));
                encoder.set_filter(png::Filter::Adaptive);
                self.rgb.as_flattened().to_vec()
            }
            Packing::Other => {
                encoder.set_color(png::ColorType::Rgba);
                encoder.set_deflate_compression(png::DeflateCompression::Level(1));
                encoder.set_filter(png::Filter::Sub);
                self.rgba()
            }
        };
        let mut writer = encoder.write_header().expect(HOLDS);
        writer.write_image_data(&samples).expect(HOLDS);
        writer.finish().expect(HOLDS);
        file
    }
}

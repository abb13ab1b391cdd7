//! Pictures in the terminal, where it can show any: Kitty's graphics protocol (kitty, Ghostty, Konsole) and iTerm2's inline
//! images (iTerm2, WezTerm, VS Code where it is switched on). Elsewhere the files' names must do.

use std::io::{self, Cursor, Write};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use harness_model::PictureReport;
use png::{ColorType, Decoder, Encoder, Transformations};

/// Bytes of one piece of a picture; what Kitty's protocol allows.
const PIECE: usize = 4096;
/// The most that is cut out of one picture, in its pixels, and what is left around the change.
const CUT: (u32, u32) = (900, 520);
const AROUND: u32 = 40;
/// Between before and after.
const GAP: usize = 12;
/// Columns of the terminal that the pictures take.
const COLUMNS: u32 = 76;

/// What a terminal understands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Graphics {
    /// Text alone.
    None,
    /// Kitty's graphics protocol.
    Kitty,
    /// iTerm2's inline images.
    Iterm,
}

impl Graphics {
    /// What the terminal says of itself in the environment.
    #[must_use]
    pub fn of(variable: impl Fn(&str) -> Option<String>) -> Self {
        let is = |name: &str, values: &[&str]| variable(name).is_some_and(|value| values.contains(&value.as_str()));
        // A multiplexer hands on text only.
        if variable("TMUX").is_some() || variable("STY").is_some() {
            Self::None
        } else if variable("KITTY_WINDOW_ID").is_some()
            || variable("KONSOLE_VERSION").is_some()
            || is("TERM", &["xterm-kitty", "xterm-ghostty"])
            || is("TERM_PROGRAM", &["ghostty"])
        {
            Self::Kitty
        } else if is("TERM_PROGRAM", &["iTerm.app", "WezTerm"]) || is("LC_TERMINAL", &["iTerm2"]) {
            Self::Iterm
        } else {
            Self::None
        }
    }

    /// Shows the spot where a picture changed, before and after, or the head of a new one. A file that is missing or no
    /// PNG is not shown.
    ///
    /// # Errors
    /// When the terminal cannot be written to.
    pub(crate) fn show(
        self,
        output: &mut impl Write,
        picture: &PictureReport,
        file: impl Fn(&str) -> Option<Vec<u8>>,
    ) -> io::Result<()> {
        if self == Self::None {
            return Ok(());
        }
        let images = [&picture.images.expected, &picture.images.actual];
        let cuts = images.into_iter().flatten().filter_map(|path| cut(&file(path)?, picture));
        let Some(png) = beside(&cuts.collect::<Vec<_>>()) else { return Ok(()) };
        self.put(output, &png)
    }

    fn put(self, output: &mut impl Write, png: &[u8]) -> io::Result<()> {
        let text = BASE64_STANDARD.encode(png);
        if self == Self::Iterm {
            return writeln!(output, "\x1b]1337;File=inline=1;size={};width={COLUMNS}:{text}\x07", png.len());
        }
        let pieces = text.len().div_ceil(PIECE);
        for (at, piece) in text.as_bytes().chunks(PIECE).enumerate() {
            // `q=2`: an answer would be read as the reviewer's.
            let head = if at == 0 { format!("a=T,f=100,q=2,c={COLUMNS},") } else { String::new() };
            let more = u8::from(at + 1 < pieces);
            let piece = std::str::from_utf8(piece).expect("base64 is ASCII");
            write!(output, "\x1b_G{head}m={more};{piece}\x1b\\")?;
        }
        writeln!(output)
    }
}

/// Pixels, three bytes each.
struct Cut {
    width: usize,
    height: usize,
    rgb: Vec<u8>,
}

/// The spot of the largest change, or the head of the page.
fn cut(png: &[u8], picture: &PictureReport) -> Option<Cut> {
    let mut decoder = Decoder::new(Cursor::new(png));
    decoder.set_transformations(Transformations::normalize_to_color8());
    let mut reader = decoder.read_info().ok()?;
    let mut samples = vec![0; reader.output_buffer_size()?];
    let info = reader.next_frame(&mut samples).ok()?;
    let region = picture.comparison.as_ref().and_then(|found| found.regions.first());
    let (x, y) = region.map_or((0, 0), |at| (at.x.saturating_sub(AROUND), at.y.saturating_sub(AROUND)));
    let (w, h) = region.map_or(CUT, |at| (at.w.saturating_add(2 * AROUND), at.h.saturating_add(2 * AROUND)));
    let (x, y) = (x.min(info.width.saturating_sub(1)), y.min(info.height.saturating_sub(1)));
    let (w, h) = (w.min(CUT.0).min(info.width - x), h.min(CUT.1).min(info.height - y));
    let step = info.color_type.samples();
    let mut rgb = Vec::with_capacity((w * h * 3) as usize);
    for row in y..y + h {
        for column in x..x + w {
            let at = (row as usize * info.width as usize + column as usize) * step;
            let pixel = &samples[at..at + step];
            match info.color_type {
                ColorType::Rgb | ColorType::Rgba => rgb.extend(&pixel[..3]),
                _ => rgb.extend([pixel[0]; 3]),
            }
        }
    }
    Some(Cut { width: w as usize, height: h as usize, rgb })
}

/// The cuts beside each other, as a PNG; `None` where there is none.
fn beside(cuts: &[Cut]) -> Option<Vec<u8>> {
    let height = cuts.iter().map(|cut| cut.height).max()?;
    let width = cuts.iter().map(|cut| cut.width).sum::<usize>() + GAP * (cuts.len() - 1);
    let mut rgb = vec![128; width * height * 3];
    let mut left = 0;
    for cut in cuts {
        for (row, pixels) in cut.rgb.chunks(cut.width * 3).enumerate() {
            let at = (row * width + left) * 3;
            rgb[at..at + pixels.len()].copy_from_slice(pixels);
        }
        left += cut.width + GAP;
    }
    let mut file = Vec::new();
    let mut encoder = Encoder::new(&mut file, u32::try_from(width).ok()?, u32::try_from(height).ok()?);
    encoder.set_color(ColorType::Rgb);
    let mut writer = encoder.write_header().ok()?;
    writer.write_image_data(&rgb).ok()?;
    writer.finish().ok()?;
    Some(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_is_known_by_what_it_sets() {
        let of = |set: &[(&str, &str)]| {
            Graphics::of(|name| set.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned()))
        };
        for (set, graphics) in [
            (&[("TERM", "xterm-kitty")][..], Graphics::Kitty),
            (&[("KITTY_WINDOW_ID", "1")], Graphics::Kitty),
            (&[("TERM_PROGRAM", "ghostty")], Graphics::Kitty),
            (&[("TERM_PROGRAM", "iTerm.app")], Graphics::Iterm),
            (&[("TERM_PROGRAM", "WezTerm")], Graphics::Iterm),
            (&[("TERM", "xterm-kitty"), ("TMUX", "/tmp/tmux")], Graphics::None),
            (&[("TERM", "xterm-256color")], Graphics::None),
            (&[], Graphics::None),
        ] {
            assert_eq!(of(set), graphics, "{set:?}");
        }
    }

    #[test]
    fn a_large_picture_goes_to_kitty_in_pieces_that_make_it_again() {
        let png: Vec<u8> = (0..20_000_u32).map(|n| u8::try_from(n % 251).unwrap()).collect();
        let mut said = Vec::new();
        Graphics::Kitty.put(&mut said, &png).unwrap();
        let said = String::from_utf8(said).unwrap();
        let pieces: Vec<_> = said.trim_end().split("\x1b\\").filter(|piece| !piece.is_empty()).collect();
        assert!(pieces[0].starts_with("\x1b_Ga=T,f=100,q=2,c=76,m=1;"), "{:.40}", pieces[0]);
        let data: Vec<_> = pieces.iter().map(|piece| piece.split_once(';').unwrap()).collect();
        assert!(data.iter().all(|(_, piece)| piece.len() <= PIECE));
        assert!(data[..data.len() - 1].iter().all(|(head, _)| head.ends_with("m=1")));
        assert!(data.last().unwrap().0.ends_with("m=0"));
        let whole: String = data.iter().map(|(_, piece)| *piece).collect();
        assert_eq!(BASE64_STANDARD.decode(whole).unwrap(), png);
    }
}

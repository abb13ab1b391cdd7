//! The outline of a pictured page: its elements, where they lie, and the properties that paint them.
//!
//! An outline lies beside its picture. Two of them tell in words what two pictures only show: which element changed, in
//! which property, from what to what.

use serde::{Deserialize, Serialize};

use crate::Size;

/// The elements of a page as it was pictured, each after its parent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Outline {
    /// Size of the page in picture pixels.
    pub size: Size,
    /// Picture pixels for one CSS pixel.
    pub scale: f64,
    /// Names of the properties in [`Outline::styles`].
    pub properties: Vec<String>,
    /// Values of the properties, in their order. Elements that look alike share an entry.
    pub styles: Vec<Vec<String>>,
    /// The elements.
    pub elements: Vec<Element>,
}

/// One element.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Element {
    /// The element around it: its place in [`Outline::elements`]. A frame's page lies in the frame's element.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub parent: Option<usize>,
    /// Its tag; `::before` and `::after` are elements of their own.
    pub tag: String,
    /// Its `id`.
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub id: String,
    /// Its `data-testid`.
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub test_id: String,
    /// The first of its classes.
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub class: String,
    /// Its role for assistive technology, where it has one.
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub role: String,
    /// Its accessible name, shortened.
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub name: String,
    /// Its own text without that of the elements in it, shortened.
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub text: String,
    /// A hash of the whole of its own text.
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub text_hash: String,
    /// What it shows that is no text: an image's address, a drawing's hash.
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub source: String,
    /// Where it lies.
    pub place: Place,
    /// Its properties: a place in [`Outline::styles`].
    pub style: usize,
}

/// A box in picture pixels, which may reach beyond the picture. Written as `[x, y, w, h]`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "[i32; 4]", into = "[i32; 4]")]
pub struct Place {
    /// Left edge.
    pub x: i32,
    /// Upper edge.
    pub y: i32,
    /// Width.
    pub w: i32,
    /// Height.
    pub h: i32,
}

impl From<[i32; 4]> for Place {
    fn from([x, y, w, h]: [i32; 4]) -> Self {
        Self { x, y, w, h }
    }
}

impl From<Place> for [i32; 4] {
    fn from(place: Place) -> Self {
        [place.x, place.y, place.w, place.h]
    }
}

impl Outline {
    /// Whether every element comes after its parent and has its properties. An outline that came from outside is only
    /// used when it is.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.scale.is_finite()
            && self.scale > 0.0
            && self.styles.iter().all(|style| style.len() == self.properties.len())
            && self.elements.iter().enumerate().all(|(at, element)| {
                element.style < self.styles.len() && element.parent.is_none_or(|parent| parent < at)
            })
    }

    /// The properties of an element and their values.
    pub fn style(&self, element: usize) -> impl Iterator<Item = (&str, &str)> {
        let values = &self.styles[self.elements[element].style];
        self.properties.iter().map(String::as_str).zip(values.iter().map(String::as_str))
    }

    /// The elements directly in each element; the last entry holds those in none.
    #[must_use]
    pub fn children(&self) -> Vec<Vec<usize>> {
        let mut children = vec![Vec::new(); self.elements.len() + 1];
        for (at, element) in self.elements.iter().enumerate() {
            children[element.parent.unwrap_or(self.elements.len())].push(at);
        }
        children
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outline(elements: &str) -> Outline {
        let head = r#"{"size":{"width":10,"height":10},"scale":1,"properties":["color"],"styles":[["red"]]"#;
        serde_json::from_str(&format!(r#"{head},"elements":{elements}}}"#)).unwrap()
    }

    #[test]
    fn an_outline_is_written_without_what_is_empty() {
        let text = r#"[{"tag":"p","place":[1,-2,3,4],"style":0},{"parent":0,"tag":"b","place":[0,0,0,0],"style":0}]"#;
        let read = outline(text);
        assert!(read.is_sound());
        assert_eq!(read.elements[0].place, Place { x: 1, y: -2, w: 3, h: 4 });
        assert_eq!(read.style(1).collect::<Vec<_>>(), [("color", "red")]);
        assert_eq!(read.children(), [vec![1], vec![], vec![0]]);
        assert_eq!(serde_json::to_string(&read.elements).unwrap(), text);
    }

    #[test]
    fn elements_that_point_nowhere_are_unsound() {
        for bad in
            [r#"[{"tag":"p","place":[0,0,0,0],"style":1}]"#, r#"[{"parent":0,"tag":"p","place":[0,0,0,0],"style":0}]"#]
        {
            assert!(!outline(bad).is_sound(), "{bad}");
        }
        let mut short = outline("[]");
        short.styles[0].clear();
        assert!(!short.is_sound());
        assert!(!Outline { scale: 0.0, ..outline("[]") }.is_sound());
    }
}

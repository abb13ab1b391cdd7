//! The keys that an action may press.

/// A key, as the page is told of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Key {
    /// Its name, and the place it has on the keyboard.
    pub(crate) name: &'static str,
    /// What the page's `key` says.
    pub(crate) key: &'static str,
    /// Its number among Windows' virtual keys, which pages still ask for.
    pub(crate) number: u32,
    /// What it writes, if anything.
    pub(crate) text: &'static str,
}

const KEYS: [Key; 9] = [
    Key { name: "Enter", key: "Enter", number: 13, text: "\r" },
    Key { name: "Escape", key: "Escape", number: 27, text: "" },
    Key { name: "Tab", key: "Tab", number: 9, text: "" },
    Key { name: "Space", key: " ", number: 32, text: " " },
    Key { name: "Backspace", key: "Backspace", number: 8, text: "" },
    Key { name: "ArrowUp", key: "ArrowUp", number: 38, text: "" },
    Key { name: "ArrowDown", key: "ArrowDown", number: 40, text: "" },
    Key { name: "ArrowLeft", key: "ArrowLeft", number: 37, text: "" },
    Key { name: "ArrowRight", key: "ArrowRight", number: 39, text: "" },
];

impl Key {
    /// The key of this name; `None` for one that is not known.
    pub(crate) fn named(name: &str) -> Option<Self> {
        KEYS.into_iter().find(|key| key.name == name)
    }

    /// The names that are known, for a message.
    pub(crate) fn names() -> String {
        KEYS.map(|key| key.name).join(", ")
    }
}

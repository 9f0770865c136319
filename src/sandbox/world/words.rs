//! Texts kept once: user ids, labels, option names.
//!
//! A million issues share a few hundred words; a [`Word`] is the number of one. Words are never
//! removed, so a number stays right for the life of the world.

use std::{collections::HashMap, sync::Arc};

/// A text of [`Words`]; compares by identity, which is equality of the text, letter case included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Word(u32);

/// All words of a world.
#[derive(Clone, Debug, Default)]
pub struct Words {
    numbers: HashMap<Arc<str>, Word>,
    texts: Vec<Arc<str>>,
}

impl Words {
    /// The word for a text, made when it is new.
    pub fn add(&mut self, text: &str) -> Word {
        if let Some(word) = self.numbers.get(text) {
            return *word;
        }
        let text: Arc<str> = Arc::from(text);
        let word = Word(u32::try_from(self.texts.len()).unwrap_or(u32::MAX));
        self.texts.push(Arc::clone(&text));
        self.numbers.insert(text, word);
        word
    }

    /// The word for a text, if an issue has it.
    #[must_use]
    pub fn find(&self, text: &str) -> Option<Word> {
        self.numbers.get(text).copied()
    }

    /// The text of a word.
    #[must_use]
    pub fn get(&self, word: Word) -> &str {
        usize::try_from(word.0)
            .ok()
            .and_then(|index| self.texts.get(index))
            .map_or("", |text| text)
    }

    /// All words with their texts.
    pub fn list(&self) -> impl Iterator<Item = (Word, &str)> {
        (0..).map(Word).zip(self.texts.iter().map(AsRef::as_ref))
    }

    /// Every word that is this text, letter case aside.
    #[must_use]
    pub fn list_alike(&self, text: &str) -> Vec<Word> {
        let wanted = text.to_lowercase();
        let alike =
            |own: &str| own.eq_ignore_ascii_case(text) || (!text.is_ascii() && own.to_lowercase() == wanted);
        self.numbers
            .iter()
            .filter(|(own, _)| alike(own))
            .map(|(_, word)| *word)
            .collect()
    }
}

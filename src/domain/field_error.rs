//! What is wrong with a form, field by field.
//!
//! Fields keep the order in which they were reported, which is the order on the page, so that the
//! error summary reads from top to bottom. One message per field: the first one stays. Messages say
//! what happened and what to do, and never repeat a secret.

use serde::{Deserialize, Serialize};

/// A value, or what is wrong with the form it came from.
pub type Validated<T> = Result<T, FieldErrors>;

/// One field and its message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldError {
    /// Name of the form control.
    pub field: String,
    /// What happened and what to do.
    pub message: String,
}

/// Messages by field, in the order of the page. On the wire a list of `{field, message}`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FieldErrors(Vec<FieldError>);

impl FieldErrors {
    /// No errors.
    pub fn new() -> Self {
        Self::default()
    }

    /// Exactly one error.
    pub fn one(field: &str, message: impl Into<String>) -> Self {
        let mut errors = Self::new();
        errors.push(field, message);
        errors
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Number of fields with an error.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Adds a message; a field that already has one keeps it.
    pub fn push(&mut self, field: &str, message: impl Into<String>) {
        if self.get(field).is_none() {
            self.0.push(FieldError {
                field: field.to_owned(),
                message: message.into(),
            });
        }
    }

    /// Adds the other's messages behind these.
    pub fn merge(&mut self, other: Self) {
        for FieldError { field, message } in other.0 {
            self.push(&field, message);
        }
    }

    /// The message of a field.
    pub fn get(&self, field: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|error| error.field == field)
            .map(|error| error.message.as_str())
    }

    /// All errors in order.
    pub fn iter(&self) -> std::slice::Iter<'_, FieldError> {
        self.0.iter()
    }

    /// Takes a checked value, or notes its errors and gives `None`: lets a form report all at once.
    pub fn take<T>(&mut self, checked: Validated<T>) -> Option<T> {
        match checked {
            Ok(value) => Some(value),
            Err(errors) => {
                self.merge(errors);
                None
            }
        }
    }

    /// `Ok` with the value if nothing is wrong.
    ///
    /// # Errors
    /// These errors, if there are any.
    pub fn into_result<T>(self, value: T) -> Validated<T> {
        if self.is_empty() { Ok(value) } else { Err(self) }
    }
}

impl<'a> IntoIterator for &'a FieldErrors {
    type Item = &'a FieldError;
    type IntoIter = std::slice::Iter<'a, FieldError>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_is_kept_and_the_first_message_stays() {
        let mut errors = FieldErrors::one("url", "a");
        errors.push("name", "b");
        errors.push("url", "c");
        errors.merge(FieldErrors::one("token", "d"));
        let seen: Vec<_> = errors
            .iter()
            .map(|e| (e.field.as_str(), e.message.as_str()))
            .collect();
        assert_eq!(seen, [("url", "a"), ("name", "b"), ("token", "d")]);
        let json = serde_json::to_string(&errors).expect("json");
        assert_eq!(serde_json::from_str::<FieldErrors>(&json).expect("back"), errors);
    }

    #[test]
    fn take_collects_all() {
        let mut errors = FieldErrors::new();
        assert_eq!(errors.take(Ok(1)), Some(1));
        assert_eq!(errors.take::<u8>(Err(FieldErrors::one("a", "b"))), None);
        assert_eq!(errors.clone().into_result(()), Err(errors));
        assert_eq!(FieldErrors::new().into_result(2), Ok(2));
    }
}

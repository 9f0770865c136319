//! The parts pages are made of: drawn on the server, styled by `style/`, without domain knowledge.
//!
//! A component takes plain values, never a path of its own and never a signal; what must live in the
//! browser is an island in [`live`]. Text of people and of Jira goes through leptos' escaping or,
//! where leptos does not escape, through [`safe`]. An empty `String` property means "not there".

pub mod button;
pub mod choice;
pub mod dialog;
pub mod feedback;
pub mod field;
pub mod icon;
pub mod live;
pub mod meter;
pub mod navigate;
pub mod positions;
pub mod rich_text;
pub mod safe;
pub mod shell;
pub mod status;
pub mod stepper;
pub mod table;
pub mod text;

pub use button::{Button, ButtonKind, IconButton, IconLink, LinkButton};
pub use choice::{Checkbox, ChoiceCard, Radio, Select, SelectOption};
pub use dialog::{ConfirmPanel, Consequence, Dialog, EffectList, Menu};
pub use feedback::{EmptyState, ErrorSummary, Note, ToastRegion, ToastText};
pub use field::{Field, SafeTextarea, TextInput};
pub use icon::Icon;
pub use live::{CharCounter, CopyButton, DialogDoor, ToastCard};
pub use meter::{CheckStrip, Fill, Meter, MeterStack, Progress, Stat};
pub use navigate::{Breadcrumbs, Chips, Crumb, LinkItem, Pager, Segmented, Tabs};
pub use rich_text::RichTextView;
pub use safe::PageTitle;
pub use shell::{
    AppShell, AuthShell, LOST, LOST_WORDS, NOTICES, NOTICES_SAID, NavGroup, NavItem, NoticeItem, PlainShell,
    STAMP, SearchBox, Switcher, ThemeForm, Told, TopLink, UserMenu,
};
pub use status::{Badge, Status};
pub use stepper::{Step, StepState, Stepper, WayOut};
pub use table::{Cell, Column, Row, RowHead, RowNote, Sorted, Table};
pub use text::{CopyField, DefinitionList, Disclosure, PageHead, Property, Time, UserAvatar, moment};

/// The tone of a state. It sets four colours; the shape and the word beside it say the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Tone {
    /// Passed, active.
    Ok,
    /// A limit, something unmapped, blocked.
    Warn,
    /// An error, failed, destructive.
    Bad,
    /// Neutral news, running.
    Info,
    /// Inactive, archived, not run.
    #[default]
    Mute,
}

impl Tone {
    /// The value of `data-tone`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Bad => "bad",
            Self::Info => "info",
            Self::Mute => "mute",
        }
    }

    /// The icon that stands for the tone where nothing more exact is known.
    pub const fn icon(self) -> &'static str {
        match self {
            Self::Ok => "s-ok",
            Self::Warn => "s-warn",
            Self::Bad => "s-err",
            Self::Info => "s-info",
            Self::Mute => "s-off",
        }
    }
}

/// `None` for an empty text: an attribute without a value is left out.
pub(crate) fn some(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;

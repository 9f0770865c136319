//! Icons of the sprite. An unknown name draws nothing; a test knows all names.

use leptos::prelude::*;

use super::some;

/// Where the sprite is served from.
pub const SPRITE: &str = "/sprite.svg";

/// One icon. Without `label` it is decoration and silent; with `label` it is an image with a name.
#[component]
pub fn Icon(
    /// An id of `public/sprite.svg`, for example `i-plus` or `s-ok`.
    #[prop(into)]
    name: String,
    /// What it says to those who do not see it.
    #[prop(optional, into)]
    label: String,
    /// Extra classes: `glyph` inside a text, `spin` while something runs.
    #[prop(optional, into)]
    class: String,
    /// Colours it, where no element around it does.
    #[prop(optional)]
    tone: Option<super::Tone>,
) -> AnyView {
    let silent = label.is_empty();
    view! {
        <svg
            class=format!("i {class}").trim_end().to_owned()
            data-tone=tone.map(super::Tone::as_str)
            role=(!silent).then_some("img")
            aria-label=some(&label)
            aria-hidden=silent.then_some("true")
            focusable="false"
        >
            <use_ href=format!("{SPRITE}#{name}") />
        </svg>
    }
    .into_any()
}

//! State as shape, word and colour, in this order of importance.

use leptos::prelude::*;

use super::icon::Icon;
use super::{Tone, some};

/// A state: glyph and word.
#[component]
pub fn Status(
    /// Its tone.
    tone: Tone,
    /// Its shape: `s-ok`, `s-off`, `s-err`, `s-arch`, `s-run`, `s-none`, `s-pause`, `s-fail`,
    /// `s-block`, `s-skip`, `s-end`. Empty takes the tone's own.
    #[prop(optional, into)]
    glyph: String,
    /// The arc of `s-run` stands still: something goes on, but nothing of ours is running.
    #[prop(optional)]
    still: bool,
    /// Id, where a live region replaces it.
    #[prop(optional, into)]
    id: String,
    /// The word.
    children: Children,
) -> AnyView {
    let glyph = if glyph.is_empty() {
        tone.icon().to_owned()
    } else {
        glyph
    };
    let class = if glyph == "s-run" && !still { "spin" } else { "" };
    view! {
        <span class="status" id=some(&id) data-tone=tone.as_str()>
            <Icon name=glyph class=class />
            {children()}
        </span>
    }
    .into_any()
}

/// Where a value comes from: Suggested, Same name, Set by you, Unmapped, Default.
#[component]
pub fn Badge(
    /// Its tone.
    #[prop(optional)]
    tone: Tone,
    /// Icon in front of the word.
    #[prop(optional, into)]
    icon: String,
    /// The word.
    children: Children,
) -> AnyView {
    view! {
        <span class="badge" data-tone=tone.as_str()>
            {(!icon.is_empty()).then(|| view! { <Icon name=icon /> })}
            {children()}
        </span>
    }
    .into_any()
}

//! The places where leptos 0.8 does not escape on the server, made safe once.
//!
//! Children of `textarea` and the text of `Title` are written as they are. Whatever a person typed
//! or Jira sent would end the element and start a script. The other files of `ui` use
//! [`PageTitle`] and `SafeTextarea` and never the raw elements.

use leptos::prelude::*;
use leptos_meta::Title;

/// `text` with the five characters that can end a text node, an element or an attribute replaced.
///
/// ```text
/// </title> -> &lt;/title&gt;
/// ```
pub fn escape_html(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}

/// What to put between the tags of a `textarea` so that its value becomes `text`.
///
/// A parser drops one line break right after the start tag, so one is added where the text has one.
pub fn textarea_html(text: &str) -> String {
    let escaped = escape_html(text);
    if escaped.starts_with('\n') || escaped.starts_with("\r\n") {
        format!("\n{escaped}")
    } else {
        escaped
    }
}

/// The title of the document: "`text` - Traceline".
#[component]
pub fn PageTitle(
    /// What the page is about.
    #[prop(into)]
    text: String,
) -> AnyView {
    // Pages are drawn on the server, so the text always becomes markup. Asking the framework where it
    // runs would be wrong without its hydration context, and then a script would get through.
    let shown = escape_html(&format!("{text} - Traceline"));
    view! { <Title text=shown /> }.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_what_ends_an_element() {
        assert_eq!(
            escape_html("</title><script>\"'&"),
            "&lt;/title&gt;&lt;script&gt;&quot;&#39;&amp;"
        );
    }

    #[test]
    fn keeps_the_first_line_break_of_a_textarea() {
        assert_eq!(textarea_html("\na"), "\n\na");
        assert_eq!(textarea_html("a\n"), "a\n");
    }
}

//! A part of the open page, brought up to date from a page of this server.
//!
//! Every page is whole without script. Where one has to change while it is open, the same address is
//! asked for again, or the same form is posted, and the parts that may have changed are patched in
//! place, so that focus, scroll position, marked text and what is read aloud stay as they are. Nothing
//! in an answer runs: a parsed document has no scripts of its own, and those in it are thrown away, as is its style.
//! An answer without the part (signed out, an error page) changes nothing.

use leptos::{
    prelude::*,
    wasm_bindgen::{JsCast, JsValue},
    web_sys::{self, js_sys},
};

/// Elements with this attribute belong to a script of the page and are not patched.
pub const KEEP: &str = "data-keep";

/// Asks for a page of ours; `None` when no answer arrived. Nobody pressed anything: the server must not take it
/// for a sign that the person is still there.
pub async fn load_page(address: &str) -> Option<web_sys::Document> {
    let headers = web_sys::Headers::new().ok()?;
    headers.set("X-Traceline-Unattended", "1").ok()?;
    ask(address, &web_sys::RequestInit::new(), &headers).await.ok()
}

/// Asks for a page because somebody changed something, unless `signal` ends the wait.
pub async fn load_page_until(address: &str, signal: &web_sys::AbortSignal) -> Option<web_sys::Document> {
    let request = web_sys::RequestInit::new();
    request.set_signal(Some(signal));
    ask(address, &request, &web_sys::Headers::new().ok()?).await.ok()
}

/// Posts a form as its button does without script, and gives the page it leads to; `None` when no
/// answer arrived, or `signal` ended the wait.
pub async fn post_form(
    form: &web_sys::HtmlFormElement,
    (name, value): (&str, &str),
    signal: &web_sys::AbortSignal,
) -> Option<web_sys::Document> {
    let fields = web_sys::FormData::new_with_form(form).ok()?;
    fields.append_with_str(name, value).ok()?;
    let body = web_sys::UrlSearchParams::new_with_str_sequence_sequence(&fields).ok()?;
    let request = web_sys::RequestInit::new();
    request.set_method("POST");
    request.set_body(&body);
    request.set_signal(Some(signal));
    let headers = web_sys::Headers::new().ok()?;
    ask(&form.get_attribute("action")?, &request, &headers).await.ok()
}

/// The header asks for a page: the server then treats a form as one sent without script.
async fn ask(
    address: &str,
    request: &web_sys::RequestInit,
    headers: &web_sys::Headers,
) -> Result<web_sys::Document, JsValue> {
    headers.set("Accept", "text/html")?;
    request.set_headers(headers);
    let answer = window().fetch_with_str_and_init(address, request).await?;
    let answer: web_sys::Response = answer.dyn_into()?;
    let text: js_sys::JsString = answer.text()?.await?.dyn_into()?;
    // Its nonce is not ours: the browser would report what it must not apply. Texts of others hold no tag.
    let styles = js_sys::RegExp::new("<style[^]*?</style>", "g");
    let page = parse(&text.replace_by_pattern(&styles, ""))?;
    while let Ok(Some(script)) = page.query_selector("script") {
        script.remove();
    }
    Ok(page)
}

/// `new DOMParser().parseFromString(text, "text/html")`: a document that loads and runs nothing.
fn parse(text: &JsValue) -> Result<web_sys::Document, JsValue> {
    let class: js_sys::Function =
        js_sys::Reflect::get(window().as_ref(), &JsValue::from_str("DOMParser"))?.dyn_into()?;
    let parser = js_sys::Reflect::construct(&class, &js_sys::Array::new())?;
    let parse: js_sys::Function =
        js_sys::Reflect::get(&parser, &JsValue::from_str("parseFromString"))?.dyn_into()?;
    parse
        .call2(&parser, text, &JsValue::from_str("text/html"))?
        .dyn_into()
}

/// Makes the element with the id `id` what it is on `page`; gives whether both have it. When the
/// focused element goes, the first heading in the part that can take the focus gets it.
pub fn patch(id: &str, page: &web_sys::Document) -> bool {
    let (Some(here), Some(there)) = (document().get_element_by_id(id), page.get_element_by_id(id)) else {
        return false;
    };
    let focused = document().active_element();
    let focused = focused.filter(|focused| here.contains(Some(focused)));
    patch_element(&here, &there);
    if focused.is_some_and(|focused| !here.contains(Some(&focused)))
        && let Ok(Some(place)) = here.query_selector("[tabindex='-1']")
    {
        focus(&place);
    }
    true
}

/// The elements below `root` that the selector names, in the order of the page.
pub fn find_all(root: &web_sys::Node, selector: &str) -> Vec<web_sys::Element> {
    let ask = || -> Result<JsValue, JsValue> {
        let all: js_sys::Function =
            js_sys::Reflect::get(root, &JsValue::from_str("querySelectorAll"))?.dyn_into()?;
        all.call1(root, &JsValue::from_str(selector))
    };
    let found = ask().map(|list| js_sys::Array::from(&list)).unwrap_or_default();
    found
        .iter()
        .filter_map(|element| element.dyn_into().ok())
        .collect()
}

/// Moves the focus; gives whether the element takes it.
pub fn focus(element: &web_sys::Element) -> bool {
    element
        .dyn_ref::<web_sys::HtmlElement>()
        .is_some_and(|element| element.focus().is_ok())
}

/// Replaces the text of the element with the id `id`, if it differs: the same words are not said twice.
pub fn set_text(id: &str, text: &str) {
    if let Some(element) = document().get_element_by_id(id)
        && element.text_content().as_deref() != Some(text)
    {
        element.set_text_content(Some(text));
    }
}

/// Shows or hides the element with the id `id`.
pub fn set_hidden(id: &str, hidden: bool) {
    if let Some(element) = document().get_element_by_id(id) {
        drop(element.toggle_attribute_with_force("hidden", hidden));
    }
}

fn patch_element(here: &web_sys::Element, there: &web_sys::Element) {
    if here.has_attribute(KEEP) || here.local_name() == "leptos-island" {
        return;
    }
    // What a person opened stays open.
    let opened = |name: &str| name == "open" && here.local_name() == "details";
    for name in names(here).filter(|name| !there.has_attribute(name) && !opened(name)) {
        drop(here.remove_attribute(&name));
    }
    for name in names(there) {
        let value = there.get_attribute(&name);
        if value != here.get_attribute(&name) {
            drop(here.set_attribute(&name, &value.unwrap_or_default()));
        }
    }
    patch_children(here, there);
}

fn names(element: &web_sys::Element) -> impl Iterator<Item = String> + use<> {
    let names = element.get_attribute_names();
    (0..names.length()).filter_map(move |at| names.get(at).as_string())
}

fn patch_children(here: &web_sys::Node, there: &web_sys::Node) {
    let (mut next, mut wanted) = (here.first_child(), there.first_child());
    while let Some(new) = wanted {
        wanted = new.next_sibling();
        let Some(old) = next else {
            copy(&new).map(|copy| here.append_child(&copy));
            continue;
        };
        next = old.next_sibling();
        if !is_same(&old, &new) {
            copy(&new).map(|copy| here.replace_child(&copy, &old));
        } else if let (Some(old), Some(new)) = (old.dyn_ref(), new.dyn_ref()) {
            patch_element(old, new);
        } else if old.node_value() != new.node_value() {
            old.set_node_value(new.node_value().as_deref());
        }
    }
    while let Some(rest) = next {
        next = rest.next_sibling();
        drop(here.remove_child(&rest));
    }
}

fn copy(node: &web_sys::Node) -> Option<web_sys::Node> {
    document().import_node_with_deep(node, true).ok()
}

/// Whether one can become the other: a link that leads elsewhere is another link, so that nobody who
/// is about to follow it is led astray.
fn is_same(old: &web_sys::Node, new: &web_sys::Node) -> bool {
    if old.node_name() != new.node_name() {
        return false;
    }
    let (Some(old), Some(new)) = (
        old.dyn_ref::<web_sys::Element>(),
        new.dyn_ref::<web_sys::Element>(),
    ) else {
        return true;
    };
    ["id", "href", "action", "name"]
        .iter()
        .all(|name| old.get_attribute(name) == new.get_attribute(name))
}

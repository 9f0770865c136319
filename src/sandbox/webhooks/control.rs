//! The control API's part about webhooks, under `/__sandbox/webhooks/`.
//!
//! | request | body | what it does |
//! |---|---|---|
//! | `GET webhooks/log` | - | deliveries so far |
//! | `POST webhooks/settle` | `{"limit_ms": 5000}` | answers when nothing is left to send |
//! | `POST webhooks/retries` | `{"delays_ms": [10, 10, 10, 10, 10]}` | times between retries |
//! | `POST webhooks/tricks` | `{"lose": 1, "duplicate": 2, "copies": 10, "delay_ms": 1800000}` | loses the next one, sends the two after it ten times each, all of them late |
//! | `POST webhooks/hold` | - | keeps deliveries back |
//! | `POST webhooks/release` | `{"order": "reversed"}` | lets them go, `sent` or `reversed` |

use std::time::Duration;

use serde_json::{Value, json};

use super::hub::{Hub, Order, Tricks};
use crate::sandbox::answer::Answer;

/// Answers one control request; `command` is the path after `/__sandbox/webhooks/`.
pub(crate) async fn answer(hub: &Hub, method: &str, command: &str, body: &Value) -> Answer {
    let number = |name: &str| body[name].as_u64().unwrap_or_default();
    let small = |name: &str| u32::try_from(number(name)).unwrap_or(u32::MAX);
    match (method, command) {
        ("GET", "log") => return Answer::ok(json!(hub.list_log())),
        ("POST", "settle") => {
            let limit = body["limit_ms"].as_u64().unwrap_or(5000);
            let settled = hub.settle(Duration::from_millis(limit)).await;
            return Answer::ok(json!({"settled": settled, "log": hub.list_log()}));
        }
        ("POST", "retries") => {
            let Some(delays) = body["delays_ms"].as_array() else {
                return Answer::error(400, "delays_ms is not a list of milliseconds.");
            };
            let delays = delays.iter().filter_map(Value::as_u64).map(Duration::from_millis);
            hub.set_retry_delays(delays.collect());
        }
        ("POST", "tricks") => hub.set_tricks(Tricks {
            lose: small("lose"),
            duplicate: small("duplicate"),
            // A slip of the keyboard must not fill the machine.
            copies: small("copies").min(1000),
            delay: Duration::from_millis(number("delay_ms")),
        }),
        ("POST", "hold") => hub.hold(),
        ("POST", "release") => {
            let order = if body["order"] == "reversed" {
                Order::Reversed
            } else {
                Order::Sent
            };
            return Answer::ok(json!({"released": hub.release(order)}));
        }
        _ => return Answer::error(404, "There is no such control command."),
    }
    Answer::ok(json!({"done": true}))
}

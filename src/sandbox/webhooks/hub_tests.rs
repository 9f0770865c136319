//! The queue: order, retries, tricks, without a network.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use super::*;

fn registration(name: &str) -> Registration {
    Registration {
        url: format!("http://127.0.0.1:9/{name}"),
        events: vec!["sprint_started".to_owned()],
        active: true,
        secret: Some("s".to_owned()),
        ..Registration::default()
    }
}

fn event() -> Event {
    Event::new("sprint_started", [("sprint", serde_json::json!({"id": 1}))])
}

fn take(hub: &Hub, now: Instant) -> Option<Delivery> {
    match hub.take(now) {
        Next::Send(delivery) => Some(*delivery),
        Next::WaitUntil(_) | Next::Wait => None,
    }
}

#[tokio::test]
async fn only_those_who_asked_are_told() {
    let hub = Hub::default();
    let one = hub.save(registration("one"));
    let mut off = registration("off");
    off.active = false;
    hub.save(off);
    let now = Instant::now();
    hub.publish(&event(), true, 5, |_| true);
    hub.publish(&Event::new("sprint_closed", []), true, 5, |_| true);
    hub.publish(&event(), true, 5, |_| false);
    let sent = take(&hub, now).unwrap();
    assert_eq!(
        (sent.registration, sent.url.as_str()),
        (one.id, "http://127.0.0.1:9/one")
    );
    let signature = sent.headers.iter().find(|(name, _)| *name == "x-hub-signature");
    let body = sent.body.as_deref().unwrap();
    let shown: serde_json::Value = serde_json::from_slice(body).unwrap();
    assert_eq!(
        shown,
        serde_json::json!({"timestamp": 5, "webhookEvent": "sprint_started", "sprint": {"id": 1}})
    );
    // By another implementation than the one that signs.
    let mut mac = Hmac::<Sha256>::new_from_slice(b"s").unwrap();
    mac.update(body);
    let wanted = format!("sha256={}", hex::encode(mac.finalize().into_bytes()));
    assert_eq!(signature.map(|(_, value)| value), Some(&wanted));
    assert!(take(&hub, now).is_none());
}

#[test]
fn a_hub_hears_what_somebody_asked_for() {
    let hub = Hub::default();
    assert!(!hub.hears("sprint_started"));
    let mut off = registration("off");
    off.active = false;
    let mut off = hub.save(off);
    assert!(!hub.hears("sprint_started"));
    off.active = true;
    let on = hub.save(off);
    assert_eq!(
        [hub.hears("sprint_started"), hub.hears("sprint_closed")],
        [true, false]
    );
    hub.remove(on.id);
    assert!(!hub.hears("sprint_started"));
}

#[tokio::test]
async fn retries_keep_the_identifier_and_end() {
    let hub = Hub::default();
    hub.save(registration("one"));
    hub.set_retry_delays(vec![Duration::from_secs(1); 5]);
    hub.publish(&event(), true, 5, |_| true);
    let mut now = Instant::now();
    let first = take(&hub, now).unwrap();
    let headers = first.headers.clone();
    hub.finish(first, "503".to_owned(), true, now);
    assert!(matches!(hub.take(now), Next::WaitUntil(_)));
    for retry in 1..=5 {
        now += Duration::from_secs(1);
        let again = take(&hub, now).unwrap();
        assert_eq!((again.retry, &again.headers), (retry, &headers));
        hub.finish(again, "503".to_owned(), true, now);
    }
    assert!(matches!(hub.take(now + Duration::from_secs(9)), Next::Wait));
    assert_eq!(hub.list_log().len(), 6);
}

#[tokio::test]
async fn deliveries_can_be_lost_doubled_and_turned_around() {
    let hub = Hub::default();
    hub.save(registration("one"));
    let now = Instant::now();
    hub.set_tricks(Tricks {
        lose: 1,
        duplicate: 1,
        ..Tricks::default()
    });
    hub.publish(&event(), true, 1, |_| true);
    assert!(take(&hub, now).is_none(), "lost");
    hub.publish(&event(), true, 2, |_| true);
    let twice = [take(&hub, now).unwrap(), take(&hub, now).unwrap()];
    assert_eq!(twice[0], twice[1]);
    hub.hold();
    for time in 3..6 {
        hub.publish(&event(), true, time, |_| true);
    }
    assert!(take(&hub, now).is_none(), "held");
    assert_eq!(hub.release(Order::Reversed), 3);
    let times: Vec<u64> = (0..3)
        .map(|_| {
            let body = take(&hub, now).unwrap().body.unwrap();
            serde_json::from_slice::<serde_json::Value>(&body).unwrap()["timestamp"]
                .as_u64()
                .unwrap()
        })
        .collect();
    assert_eq!(times, [5, 4, 3]);
}

#[test]
fn deliveries_come_ten_times_and_half_an_hour_late() {
    let hub = Hub::default();
    hub.save(registration("one"));
    let late = Duration::from_mins(30);
    hub.set_tricks(Tricks {
        duplicate: 1,
        copies: 10,
        delay: late,
        ..Tricks::default()
    });
    let now = Instant::now();
    hub.publish(&event(), true, 1, |_| true);
    hub.publish(&event(), true, 2, |_| true);
    assert!(matches!(hub.take(now), Next::WaitUntil(due) if due >= now + late));
    let mut taken = Vec::new();
    while let Some(delivery) = take(&hub, now + late * 2) {
        taken.push(delivery.headers);
    }
    assert_eq!(taken.len(), 11);
    assert!(taken[..10].iter().all(|headers| *headers == taken[0]));
    assert_ne!(taken[10], taken[0]);
}

//! Attacks on the guard, over real sockets on loopback: what must not be called is counted by a
//! listener that has to stay alone.

use std::collections::HashMap;
use std::io;
use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::future::BoxFuture;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use url::Url;

use super::*;

/// Names with the answers of one look-up after another; the last one stays.
#[derive(Default)]
pub(super) struct Names(Mutex<HashMap<String, Vec<Vec<IpAddr>>>>);

impl Names {
    pub(super) fn of(name: &str, answers: &[&[&str]]) -> Arc<Self> {
        let answers = answers
            .iter()
            .map(|list| list.iter().map(|ip| ip.parse().unwrap()).collect())
            .collect();
        Arc::new(Self(Mutex::new(HashMap::from([(name.to_owned(), answers)]))))
    }
}

impl LookUp for Names {
    fn look_up(&self, host: String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> {
        let mut names = self.0.lock().unwrap();
        let found = names.get_mut(&host).map(|answers| {
            if answers.len() > 1 {
                answers.remove(0)
            } else {
                answers[0].clone()
            }
        });
        Box::pin(async move { found.ok_or_else(|| io::Error::other("unknown")) })
    }
}

/// Says that every name is at loopback, as a hostile name service may.
struct AllAtLoopback;

impl LookUp for AllAtLoopback {
    fn look_up(&self, _host: String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> {
        Box::pin(async { Ok(vec![IpAddr::from([127, 0, 0, 1])]) })
    }
}

/// A listener that sends `answer` to whoever calls, and counts them.
pub(super) async fn listen(answer: &'static [u8]) -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&calls);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            counted.fetch_add(1, Ordering::SeqCst);
            tokio::spawn(async move {
                let mut buffer = [0; 4096];
                let _ = stream.read(&mut buffer).await;
                if answer.is_empty() {
                    // Hangs until the caller goes.
                    let _ = stream.read(&mut buffer).await;
                }
                let _ = stream.write_all(answer).await;
                let _ = stream.shutdown().await;
            });
        }
    });
    (port, calls)
}

pub(super) const OK: &[u8] =
    b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}";

pub(super) fn allowing(networks: &[&str], hosts: &[&str]) -> OutboundPolicy {
    OutboundPolicy {
        allowed_networks: networks.iter().map(|net| net.parse().unwrap()).collect(),
        allowed_hosts: hosts.iter().map(|host| (*host).to_owned()).collect(),
        ..OutboundPolicy::default()
    }
}

pub(super) async fn call(client: &OutboundClient, url: &str) -> Result<OutboundResponse, OutboundError> {
    let url = Url::parse(url).map_err(|_| OutboundError::UrlNotAllowed)?;
    client
        .send(OutboundRequest {
            deadline: Duration::from_secs(3),
            ..OutboundRequest::get(url)
        })
        .await
}

const HOSTILE_HOSTS: [&str; 75] = [
    "127.0.0.1",
    "127.0.0.1.",
    "127.1",
    "127.0.1",
    "2130706433",
    "0x7f000001",
    "0x7f.0.0.1",
    "0x7f.1",
    "0177.0.0.1",
    "017700000001",
    "00000177.0.0.1",
    "127.000.000.001",
    "127.0.0.2",
    "127.255.255.254",
    "0",
    "0.0.0.0",
    "0x0",
    "00",
    "0.1.2.3",
    "[::]",
    "[::1]",
    "[0:0:0:0:0:0:0:1]",
    "[0000::1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::ffff:0:127.0.0.1]",
    "[::127.0.0.1]",
    "[64:ff9b::127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[64:ff9b:1::127.0.0.1]",
    "[2002:7f00:1::]",
    "[2002:7f00:1::1]",
    "[2001:0:4136:e378:8000:63bf:80ff:fffe]",
    "[fe80::1]",
    "[fe80::1%25lo]",
    "[fc00::1]",
    "[fd00::1]",
    "[fd00:ec2::254]",
    "[fec0::1]",
    "[ff02::1]",
    "[2001:db8::1]",
    "[2001:2::1]",
    "[100::1]",
    "[5f00::1]",
    "10.0.0.1",
    "10.1",
    "167772161",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.0.1",
    "192.168.1",
    "0xc0.0xa8.0.1",
    "169.254.169.254",
    "2852039166",
    "0xa9fea9fe",
    "0251.0376.0251.0376",
    "[::ffff:169.254.169.254]",
    "[::ffff:a9fe:a9fe]",
    "[64:ff9b::a9fe:a9fe]",
    "100.64.0.1",
    "100.127.255.255",
    "100.100.100.200",
    "192.0.0.1",
    "192.0.0.192",
    "192.0.2.1",
    "198.18.0.1",
    "198.51.100.7",
    "203.0.113.9",
    "240.0.0.1",
    "255.255.255.255",
    "224.0.0.1",
    "localhost",
    "localhost.",
    "LOCALHOST",
    "foo.localhost",
];

#[tokio::test]
async fn no_notation_of_a_forbidden_address_is_called() {
    let (port, calls) = listen(OK).await;
    let client =
        OutboundClient::with_look_up(OutboundPolicy::default(), None, Arc::new(AllAtLoopback)).unwrap();
    let odd = [
        format!("http://user@127.0.0.1:{port}/"),
        format!("http://jira.example.com@127.0.0.1:{port}/"),
        format!("http://\t127.0.0.1:{port}/"),
        format!("http:\\\\127.0.0.1:{port}\\"),
        format!("http://127。0。0。1:{port}/"),
        format!("http://①②⑦.0.0.1:{port}/"),
        format!("http://127%2e0%2e0%2e1:{port}/"),
        format!("http:127.0.0.1:{port}/"),
        format!("http:////127.0.0.1:{port}/"),
        format!("ftp://127.0.0.1:{port}/"),
        format!("file://127.0.0.1:{port}/etc/passwd"),
        "gopher://127.0.0.1/".to_owned(),
    ];
    for url in HOSTILE_HOSTS
        .iter()
        .map(|host| format!("http://{host}:{port}/"))
        .chain(odd)
    {
        let error = call(&client, &url).await.expect_err(&url);
        let good = matches!(
            error,
            OutboundError::AddressNotAllowed { .. }
                | OutboundError::UrlNotAllowed
                | OutboundError::NameNotFound { .. }
        );
        assert!(good, "{url}: {error:?}");
    }
    assert_eq!(calls.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn names_are_judged_by_every_address_on_every_look_up() {
    let (port, calls) = listen(OK).await;
    for answers in [
        &[&["127.0.0.1"][..]][..],
        &[&["93.184.216.34", "127.0.0.1"]],
        &[&["::1"]],
        &[&["::ffff:127.0.0.1"]],
        &[&["10.0.0.5"]],
        &[&["169.254.169.254"]],
    ] {
        let client =
            OutboundClient::with_look_up(OutboundPolicy::default(), None, Names::of("jira.test", answers))
                .unwrap();
        let error = call(&client, &format!("http://jira.test:{port}/"))
            .await
            .unwrap_err();
        assert!(
            matches!(error, OutboundError::AddressNotAllowed { .. }),
            "{answers:?}: {error:?}"
        );
    }
    // Allowed at first, loopback at the second look-up.
    let policy = allowing(&["127.0.0.1/32"], &[]);
    let names = Names::of("jira.test", &[&["127.0.0.1"], &["127.0.0.2"]]);
    let client = OutboundClient::with_look_up(policy, None, names).unwrap();
    let url = format!("http://jira.test:{port}/");
    assert!(call(&client, &url).await.is_ok());
    assert!(matches!(
        call(&client, &url).await,
        Err(OutboundError::AddressNotAllowed { .. })
    ));
    assert_eq!(calls.load(Ordering::SeqCst), 1);
    let error = call(&client, "http://other.test/").await.unwrap_err();
    assert_eq!(
        error,
        OutboundError::NameNotFound {
            host: "other.test".to_owned()
        }
    );
}

#[test]
fn what_the_operator_lists_opens_only_that() {
    let policy = allowing(&["10.0.0.5/32", "0.0.0.0/0", "::/0"], &[]);
    let allowed = |policy: &OutboundPolicy, ip: &str, listed| {
        policy.judge_address(ip.parse().unwrap(), listed) == Judgement::Allowed
    };
    for ip in [
        "169.254.169.254",
        "fd00:ec2::254",
        "::ffff:169.254.169.254",
        "64:ff9b::a9fe:a9fe",
        "fe80::1",
        "100.100.100.200",
    ] {
        assert_eq!(
            policy.judge_address(ip.parse().unwrap(), true),
            Judgement::Never,
            "{ip}"
        );
    }
    for (host, listed, judged) in [
        ("metadata.google.internal", true, Judgement::Never),
        ("metadata.google.internal.", false, Judgement::Never),
        ("instance-data", false, Judgement::Never),
        ("metadata.google.internal.example", false, Judgement::Allowed),
        ("jira.corp", false, Judgement::Allowed),
    ] {
        assert_eq!(policy.judge_name(host, listed), judged, "{host}");
    }
    let narrow = allowing(
        &["10.0.0.5/32"],
        &["jira.corp", "[::1]:8080", "MÜLLER.example:8443", "10.9.9.9"],
    );
    assert!(allowed(&narrow, "10.0.0.5", false) && allowed(&narrow, "::ffff:10.0.0.5", false));
    assert!(!allowed(&narrow, "10.0.0.6", false) && !allowed(&narrow, "127.0.0.1", false));
    for (url, listed) in [
        ("http://jira.corp/", true),
        ("https://JIRA.corp.:8443/x", true),
        ("http://jira.corp.evil.example/", false),
        ("http://xjira.corp/", false),
        ("http://[::1]:8080/", true),
        ("http://[::1]:8081/", false),
        ("https://xn--mller-kva.example:8443/", true),
        ("https://xn--mller-kva.example/", false),
        ("http://10.9.9.9:1234/", true),
    ] {
        assert_eq!(narrow.is_listed_host(&Url::parse(url).unwrap()), listed, "{url}");
    }
    for ip in ["93.184.216.34", "2606:4700::1111", "1.1.1.1", "64:ff9b::101:101"] {
        assert_eq!(
            allowed(&OutboundPolicy::default(), ip, false),
            !ip.starts_with("64:"),
            "{ip}"
        );
    }
}

#[test]
fn cloud_sites_are_told_by_scheme_host_and_port() {
    let policy = OutboundPolicy {
        cloud_hosts: vec!["127.0.0.1:9000".to_owned()],
        ..OutboundPolicy::default()
    };
    for (url, cloud) in [
        ("https://halden.atlassian.net/", true),
        ("https://halden.jira.com/", true),
        ("http://halden.atlassian.net/", false),
        ("https://halden.atlassian.net:8443/", false),
        ("https://atlassian.net/", false),
        ("https://evilatlassian.net/", false),
        ("https://halden.atlassian.net.evil.example/", false),
        ("http://127.0.0.1:9000/", true),
        ("http://127.0.0.1:9001/", false),
    ] {
        assert_eq!(policy.is_cloud_site(&Url::parse(url).unwrap()), cloud, "{url}");
    }
}

#[tokio::test]
async fn redirects_are_told_and_not_followed() {
    for status in ["301", "302", "303", "307", "308"] {
        let (target, calls) = listen(OK).await;
        let answer = format!(
            "HTTP/1.1 {status} X\r\nlocation: http://127.0.0.1:{target}/secret?x=1\r\ncontent-length: 0\r\n\r\n"
        );
        let (port, _) = listen(answer.leak().as_bytes()).await;
        let client = OutboundClient::new(allowing(&[], &["127.0.0.1"]), None).unwrap();
        let error = call(&client, &format!("http://127.0.0.1:{port}/"))
            .await
            .unwrap_err();
        let (status, to_host) = (status.parse().unwrap(), Some("127.0.0.1".to_owned()));
        assert_eq!(
            error,
            OutboundError::Redirect {
                host: "127.0.0.1".to_owned(),
                to_host,
                status
            }
        );
        assert_eq!(calls.load(Ordering::SeqCst), 0);
    }
}

#[tokio::test]
async fn failures_are_told_apart() {
    let client = OutboundClient::new(allowing(&["127.0.0.0/8"], &[]), None).unwrap();
    let unused = TcpListener::bind("127.0.0.1:0")
        .await
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let refused = call(&client, &format!("http://127.0.0.1:{unused}/"))
        .await
        .unwrap_err();
    assert_eq!(
        refused,
        OutboundError::Refused {
            host: "127.0.0.1".to_owned(),
            port: unused
        }
    );

    let (port, _) = listen(b"").await;
    let url = Url::parse(&format!("http://127.0.0.1:{port}/")).unwrap();
    let request = OutboundRequest {
        deadline: Duration::from_millis(50),
        ..OutboundRequest::get(url)
    };
    let hung = client.send(request).await.unwrap_err();
    assert!(matches!(hung, OutboundError::TimedOut { .. }), "{hung:?}");

    let (port, _) = listen(b"HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\n{\"a\":").await;
    let half = call(&client, &format!("http://127.0.0.1:{port}/"))
        .await
        .unwrap_err();
    assert!(matches!(half, OutboundError::Truncated { .. }), "{half:?}");

    let (port, _) = listen(b"SSH-2.0-OpenSSH\r\n").await;
    let foreign = call(&client, &format!("http://127.0.0.1:{port}/"))
        .await
        .unwrap_err();
    assert!(
        matches!(
            foreign,
            OutboundError::Other { .. } | OutboundError::Truncated { .. }
        ),
        "{foreign:?}"
    );

    let (port, _) = listen(OK).await;
    let plain = call(&client, &format!("https://127.0.0.1:{port}/"))
        .await
        .unwrap_err();
    assert!(
        matches!(
            plain,
            OutboundError::Tls {
                problem: TlsProblem::Other,
                ..
            }
        ),
        "{plain:?}"
    );
}

#[tokio::test]
async fn a_packed_flood_stops_at_the_limit() {
    use std::io::Write as _;
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    let zeros = vec![0; 1024 * 1024];
    for _ in 0..40 {
        packer.write_all(&zeros).unwrap();
    }
    let body = packer.finish().unwrap();
    let mut answer = format!(
        "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: {}\r\n\r\n",
        body.len()
    )
    .into_bytes();
    answer.extend(body);
    let (port, _) = listen(answer.leak()).await;
    let client = OutboundClient::new(allowing(&[], &["127.0.0.1"]), None).unwrap();
    let url = Url::parse(&format!("http://127.0.0.1:{port}/")).unwrap();
    let error = client.send(OutboundRequest::get(url)).await.unwrap_err();
    assert_eq!(
        error,
        OutboundError::TooLarge {
            host: "127.0.0.1".to_owned(),
            limit: MAX_BODY_BYTES
        }
    );
}

/// A TLS listener with a certificate for `name` made by a new authority; gives port and the
/// authority's PEM.
async fn listen_tls(name: &str, expired: bool) -> (u16, Vec<u8>) {
    let key = rcgen::KeyPair::generate().unwrap();
    let mut authority = rcgen::CertificateParams::new(Vec::new()).unwrap();
    authority.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let authority_pem = authority.self_signed(&key).unwrap().pem();
    let issuer = rcgen::Issuer::new(authority, key);
    let server_key = rcgen::KeyPair::generate().unwrap();
    let mut server = rcgen::CertificateParams::new(vec![name.to_owned()]).unwrap();
    if expired {
        server.not_before = rcgen::date_time_ymd(2020, 1, 1);
        server.not_after = rcgen::date_time_ymd(2021, 1, 1);
    }
    let chain = vec![server.signed_by(&server_key, &issuer).unwrap().der().clone()];
    let key = rustls::pki_types::PrivateKeyDer::try_from(server_key.serialize_der()).unwrap();
    let config =
        rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .unwrap();
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                if let Ok(mut stream) = acceptor.accept(stream).await {
                    let mut buffer = [0; 4096];
                    let _ = stream.read(&mut buffer).await;
                    let _ = stream.write_all(OK).await;
                    let _ = stream.shutdown().await;
                }
            });
        }
    });
    (port, authority_pem.into_bytes())
}

#[tokio::test]
async fn certificates_are_checked_and_an_own_authority_is_taken() {
    let policy = || allowing(&["127.0.0.0/8"], &[]);
    let names = || Names::of("jira.test", &[&["127.0.0.1"]]);
    let problem = |result: Result<OutboundResponse, OutboundError>| match result {
        Err(OutboundError::Tls { problem, .. }) => Some(problem),
        other => panic!("{other:?}"),
    };
    let (port, ca) = listen_tls("jira.test", false).await;
    let url = format!("https://jira.test:{port}/");
    let trusting = OutboundClient::with_look_up(policy(), Some(&ca), names()).unwrap();
    assert_eq!(call(&trusting, &url).await.unwrap().status, 200);
    let by_operator = OutboundPolicy {
        extra_ca_pem: Some(ca),
        ..policy()
    };
    let trusting = OutboundClient::with_look_up(by_operator, None, names()).unwrap();
    assert_eq!(call(&trusting, &url).await.unwrap().status, 200);
    let stranger = OutboundClient::with_look_up(policy(), None, names()).unwrap();
    assert_eq!(
        problem(call(&stranger, &url).await),
        Some(TlsProblem::UnknownAuthority)
    );

    let (port, ca) = listen_tls("other.test", false).await;
    let client = OutboundClient::with_look_up(policy(), Some(&ca), names()).unwrap();
    assert_eq!(
        problem(call(&client, &format!("https://jira.test:{port}/")).await),
        Some(TlsProblem::WrongHost)
    );

    let (port, ca) = listen_tls("jira.test", true).await;
    let client = OutboundClient::with_look_up(policy(), Some(&ca), names()).unwrap();
    assert_eq!(
        problem(call(&client, &format!("https://jira.test:{port}/")).await),
        Some(TlsProblem::Expired)
    );
}

#[test]
fn an_unreadable_authority_is_refused_and_nothing_prints_the_token() {
    for pem in [
        &b"no certificate"[..],
        b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    ] {
        let error = OutboundClient::new(OutboundPolicy::default(), Some(pem)).unwrap_err();
        assert_eq!(error, OutboundError::BadCertificateAuthority);
    }
    let mut request = OutboundRequest::get(Url::parse("https://u:canary@x.example/p?token=canary").unwrap());
    request.authorization = Some("Bearer canary".to_owned().into());
    assert!(!format!("{request:?}").contains("canary"));
}

#[test]
fn clients_are_kept_by_authority_and_few() {
    drop(rustls::crypto::ring::default_provider().install_default());
    let clients = OutboundClients::new(OutboundPolicy::default());
    let authorities: Vec<String> = (0..20)
        .map(|_| {
            let key = rcgen::KeyPair::generate().unwrap();
            let mut authority = rcgen::CertificateParams::new(Vec::new()).unwrap();
            authority.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
            authority.self_signed(&key).unwrap().pem()
        })
        .collect();
    clients.get(None).unwrap();
    for pem in &authorities {
        clients.get(Some(pem)).unwrap();
        // Used between all others, so it stays.
        clients.get(None).unwrap();
    }
    assert!(clients.get(Some("no certificate")).is_err());
    let kept = clients.list_kept();
    assert_eq!(kept.len(), 16);
    assert_eq!(kept[0], None);
    assert_eq!(kept[1].as_ref(), authorities.last());
    assert!(!kept.contains(&Some(authorities[0].clone())));
    clients.get(authorities.last().map(String::as_str)).unwrap();
    assert_eq!(clients.list_kept().len(), 16);
}

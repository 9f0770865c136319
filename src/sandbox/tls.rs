//! The sandbox's own certificate authority.
//!
//! The key is kept in a file only its owner can read, so that the authority survives restarts and
//! `ca.pem` can be trusted once. Leaf certificates are made anew at each start. It must never be
//! trusted by anything but Traceline's own development set-up.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    sync::Arc,
};

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig,
        pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
    },
};

use super::server::SandboxError;

/// File of the public certificate inside the folder.
pub(super) fn ca_path(folder: &Path) -> PathBuf {
    folder.join("ca.pem")
}

fn authority() -> Result<CertificateParams, SandboxError> {
    let mut params = CertificateParams::new(Vec::new())?;
    params
        .distinguished_name
        .push(DnType::CommonName, "Traceline sandbox authority");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![
        KeyUsagePurpose::KeyCertSign,
        KeyUsagePurpose::CrlSign,
        KeyUsagePurpose::DigitalSignature,
    ];
    params.not_before = rcgen::date_time_ymd(2025, 1, 1);
    params.not_after = rcgen::date_time_ymd(2045, 1, 1);
    Ok(params)
}

fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options.open(path)?.write_all(text.as_bytes())
}

/// Reads the authority of the folder, or makes one, and returns an acceptor with a fresh leaf for
/// `127.0.0.1`, `::1` and `localhost`.
pub(super) fn load_acceptor(folder: &Path) -> Result<TlsAcceptor, SandboxError> {
    fs::create_dir_all(folder)?;
    let key_path = folder.join("ca-key.pem");
    let key = if key_path.exists() && ca_path(folder).exists() {
        KeyPair::from_pem(&fs::read_to_string(&key_path)?)?
    } else {
        let key = KeyPair::generate()?;
        if key_path.exists() {
            fs::remove_file(&key_path)?;
        }
        write_private(&key_path, &key.serialize_pem())?;
        fs::write(ca_path(folder), authority()?.self_signed(&key)?.pem())?;
        key
    };
    let issuer = Issuer::new(authority()?, key);

    let leaf_key = KeyPair::generate()?;
    let names = ["localhost", "127.0.0.1", "::1"].map(str::to_owned);
    let mut leaf = CertificateParams::new(names)?;
    leaf.distinguished_name
        .push(DnType::CommonName, "Traceline sandbox");
    leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    leaf.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    leaf.use_authority_key_identifier_extension = true;
    leaf.not_before = rcgen::date_time_ymd(2025, 1, 1);
    leaf.not_after = rcgen::date_time_ymd(2044, 1, 1);
    let certificate = leaf.signed_by(&leaf_key, &issuer)?;

    let provider = Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(
            vec![certificate.der().clone()],
            PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(leaf_key.serialize_der())),
        )?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}

//! The parts that all URLs share: percent-encoding and query strings.

use percent_encoding::percent_decode_str;

use super::UrlError;

/// Replaces `%41` by what it stands for; `what` names the part in the error.
pub(super) fn decode(text: &str, what: &str) -> Result<String, UrlError> {
    let decoded = percent_decode_str(text).decode_utf8().map_err(|_| {
        UrlError::new(format!("{what} in the database URL is not UTF-8 once its `%` are decoded"))
    })?;
    if decoded.contains('\0') {
        return Err(UrlError::new(format!("{what} in the database URL contains a NUL character")));
    }
    Ok(decoded.into_owned())
}

/// The keys and values after the `?`, decoded, in order.
pub(super) fn pairs(query: &str) -> Result<Vec<(String, String)>, UrlError> {
    let parts = query.split('&').filter(|part| !part.is_empty());
    parts
        .map(|part| {
            let (key, value) = part.split_once('=').unwrap_or((part, ""));
            let key = decode(key, "a query key")?;
            let value = decode(value, "a query value")?;
            Ok((key, value))
        })
        .collect()
}

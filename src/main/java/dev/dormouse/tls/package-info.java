/**
 * The certificates that the gateway shows: given ones from files, and for endpoint domains that
 * have none, certificates that a local authority issues. They are looked at again and again, so
 * that new files and renewals need no restart. Certificates of custom domains will be one more
 * {@link dev.dormouse.tls.CertificateSource}. Uses config.
 */
@NullMarked
package dev.dormouse.tls;

import org.jspecify.annotations.NullMarked;

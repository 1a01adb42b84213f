using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Orleans.Connections.Security;

namespace Dtao.Client;

/// <summary>How connections are encrypted and whom they trust, by files.</summary>
/// <remarks>
/// What is trusted is an authority, not a name: silos come and go with their addresses, so whoever has a certificate of the trusted authority is one of ours.
/// Give a cluster an authority of its own.
/// </remarks>
public sealed record DtaoTls
{
    /// <summary>The certificate to show: PEM with <see cref="KeyFile"/>, or PKCS #12 with <see cref="Password"/>. Silos need one; clients only where silos ask for it.</summary>
    public string? CertificateFile { get; init; }

    /// <summary>The certificate's private key, as PEM; null for PKCS #12.</summary>
    public string? KeyFile { get; init; }

    /// <summary>The password of a PKCS #12 file.</summary>
    public string? Password { get; init; }

    /// <summary>Certificates that are trusted, as PEM: the authority that signed the others', or those themselves. It has to be given.</summary>
    public string? TrustedFile { get; init; }

    /// <summary>Silos only: whether whoever connects has to show a certificate that is trusted as well.</summary>
    public bool RequiresPeerCertificate { get; init; }

    /// <summary>What is wrong with the files; empty when they can be used.</summary>
    public IReadOnlyList<string> FindFaults(bool isSilo)
    {
        var faults = new List<string>();
        if (isSilo && CertificateFile is null) faults.Add("Tls:CertificateFile is missing: a silo shows a certificate where connections are encrypted.");
        if (CertificateFile is null && (KeyFile ?? Password) is not null) faults.Add("Tls:KeyFile and Tls:Password belong to Tls:CertificateFile, which is missing.");
        if (TrustedFile is null) faults.Add("Tls:TrustedFile is missing: whose certificates are trusted?");
        Try("Tls:CertificateFile", () =>
        {
            using var certificate = LoadCertificate();
            if (certificate is { HasPrivateKey: false }) faults.Add($"Tls:CertificateFile {CertificateFile} has no private key.");
        });
        Try("Tls:TrustedFile", () => _ = LoadTrusted());
        return faults;

        void Try(string name, Action load)
        {
            try
            {
                load();
            }
            catch (Exception unreadable) when (unreadable is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
            {
                faults.Add($"{name} cannot be used: {unreadable.Message}");
            }
        }
    }

    /// <summary>Applies this to a client's connections.</summary>
    public void ApplyToClient(TlsOptions options) => Apply(options, RemoteCertificateMode.RequireCertificate, RemoteCertificateMode.AllowCertificate);

    /// <summary>Applies this to a silo's connections, in both directions. Whoever answers shows a certificate in any case; whoever calls, when it is asked for.</summary>
    public void ApplyToSilo(TlsOptions options)
    {
        var peer = RequiresPeerCertificate ? RemoteCertificateMode.RequireCertificate : RemoteCertificateMode.AllowCertificate;
        Apply(options, peer, peer);
    }

    private void Apply(TlsOptions options, RemoteCertificateMode peer, RemoteCertificateMode client)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.LocalCertificate = LoadCertificate();
        (options.RemoteCertificateMode, options.ClientCertificateMode) = (peer, client);
        var trusted = LoadTrusted() ?? throw new InvalidOperationException("Tls:TrustedFile is missing: whose certificates are trusted?");
        options.RemoteCertificateValidation = (certificate, _, errors) => IsTrusted(certificate, errors, trusted);

        // A name has to be said, and is not looked at.
        options.OnAuthenticateAsClient = (_, authentication) => authentication.TargetHost ??= "dtao";
    }

    private static bool IsTrusted(X509Certificate2? certificate, SslPolicyErrors errors, X509Certificate2Collection trusted)
    {
        // A client without a certificate comes here only where none is asked for.
        if (certificate is null) return errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable);
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(trusted);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return chain.Build(certificate);
    }

    private X509Certificate2? LoadCertificate() => CertificateFile switch
    {
        null => null,
        { } file when KeyFile is not null => X509Certificate2.CreateFromPemFile(file, KeyFile),
        { } file when file.EndsWith(".pem", StringComparison.OrdinalIgnoreCase) => X509Certificate2.CreateFromPemFile(file),
        { } file => X509CertificateLoader.LoadPkcs12FromFile(file, Password),
    };

    private X509Certificate2Collection? LoadTrusted()
    {
        if (TrustedFile is null) return null;
        var trusted = new X509Certificate2Collection();
        trusted.ImportFromPemFile(TrustedFile);
        return trusted.Count > 0 ? trusted : throw new ArgumentException("The file has no certificate.");
    }
}

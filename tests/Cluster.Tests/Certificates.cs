using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Dtao.Client;

namespace Dtao.Cluster.Tests;

/// <summary>An authority of its own, and a silo's certificate that it has signed, as files.</summary>
internal static class Certificates
{
    public static DtaoTls Write(string folder)
    {
        var (from, to) = (DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var authorityRequest = new CertificateRequest("CN=dtao test authority", authorityKey, HashAlgorithmName.SHA256);
        authorityRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        using var authority = authorityRequest.CreateSelfSigned(from, to);

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=silo", key, HashAlgorithmName.SHA256);
        using var certificate = request.Create(authority, from, to, RandomNumberGenerator.GetBytes(8));
        var files = new DtaoTls
        {
            CertificateFile = Path.Combine(folder, "silo.pem"),
            KeyFile = Path.Combine(folder, "silo.key"),
            TrustedFile = Path.Combine(folder, "authority.pem"),
        };
        File.WriteAllText(files.CertificateFile, certificate.ExportCertificatePem());
        File.WriteAllText(files.KeyFile, key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(files.TrustedFile, authority.ExportCertificatePem());
        return files;
    }
}

using Microsoft.Extensions.Options;

namespace Rearm.Streaming.ServiceDefaults;

/// <summary>
/// Refuses the start when Kestrel can't use the certificate it is configured with. Kestrel finds out while the program is put together, where nobody
/// would report it in one line.
/// </summary>
internal sealed class CertificateCheck : IValidateOptions<EndpointOptions>
{
    /// <summary>Kestrel's section for the certificate of endpoints that name none of their own.</summary>
    public const string KestrelSection = "Kestrel:Certificates:Default";

    private string? _problem;

    /// <summary>Lets Kestrel use the certificate, and keeps what goes wrong.</summary>
    public void Use(Action useHttps)
    {
        try
        {
            useHttps();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidOperationException or System.Security.Cryptography.CryptographicException)
        {
            _problem ??= e.Message;
        }
    }

    public ValidateOptionsResult Validate(string? name, EndpointOptions options) => _problem is null
        ? ValidateOptionsResult.Success
        : ValidateOptionsResult.Fail($"{KestrelSection} can't be used: {_problem} Path, KeyPath (PEM) or Path, Password (PFX) are needed.");
}

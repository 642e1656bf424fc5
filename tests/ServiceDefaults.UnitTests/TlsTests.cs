using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Grpc.Net.Client;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.ServiceDefaults.UnitTests.Access;
using Rearm.Streaming.Testing;

namespace Rearm.Streaming.ServiceDefaults.UnitTests;

public sealed class TlsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly X509Certificate2 _certificate;

    public TlsTests()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=rearm-test", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        _certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        _folder.Write("service.crt", _certificate.ExportCertificatePem());
        _folder.Write("service.key", key.ExportPkcs8PrivateKeyPem());
    }

    private string[] Flags => [$"--Kestrel:Certificates:Default:Path={_folder.File("service.crt")}", $"--Kestrel:Certificates:Default:KeyPath={_folder.File("service.key")}"];

    public void Dispose()
    {
        _certificate.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Start_WithACertificate_ServesBothPortsByTls()
    {
        await using var service = await GuardedService.StartAsync([.. Flags, .. GuardedService.Keys("shop")]);
        using var http = new HttpClient(Trusting()) { BaseAddress = service.Endpoints.Http };
        using var channel = GrpcChannel.ForAddress(service.Endpoints.Grpc, new() { HttpHandler = Trusting(), DisposeHttpClient = true });

        using var health = await http.GetAsync("/healthz");
        await new GraphBuilding.GraphBuildingClient(channel).GetStatusAsync(new(), new Grpc.Core.Metadata { { "x-api-key", "shop" } });

        Assert.Equal(("https", "https"), (service.Endpoints.Grpc.Scheme, service.Endpoints.Http.Scheme));
        Assert.Equal(HttpStatusCode.OK, health.StatusCode);
        await Assert.ThrowsAsync<HttpRequestException>(() => service.Http.GetAsync("/healthz"));
    }

    [Theory]
    [InlineData("no-such.crt")]
    [InlineData("service.key")]
    public async Task Start_UnusableCertificate_IsRefused(string file)
    {
        await using var app = GuardedService.Build($"--Kestrel:Certificates:Default:Path={_folder.File(file)}");

        Assert.True(ServiceHost.IsRefusal(await Assert.ThrowsAnyAsync<Exception>(() => app.StartAsync())));
    }

    // Trusts this certificate and no other, as a client with its own list of authorities does.
    private SocketsHttpHandler Trusting()
    {
        var handler = new SocketsHttpHandler();
        handler.SslOptions.RemoteCertificateValidationCallback = (_, shown, _, _) => shown?.GetCertHashString() == _certificate.GetCertHashString();
        return handler;
    }
}

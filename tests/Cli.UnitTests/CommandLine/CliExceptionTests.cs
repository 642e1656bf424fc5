using Grpc.Core;
using Rearm.Streaming.Cli.CommandLine;
using Rearm.Streaming.Client;

namespace Rearm.Streaming.Cli.UnitTests.CommandLine;

public class CliExceptionTests
{
    private static readonly Uri Server = new("http://127.0.0.1:7031");

    [Theory]
    [InlineData(StatusCode.Unavailable, "did not answer (Unavailable): no. See whether it runs at this address: its /readyz says what it lacks.")]
    [InlineData(StatusCode.Unauthenticated, "refused (Unauthenticated): no. Give a key that it knows with --api-key or REARM_API_KEY.")]
    [InlineData(StatusCode.PermissionDenied, "refused (PermissionDenied): no. Give an operator's key with --api-key or REARM_API_KEY.")]
    [InlineData(StatusCode.FailedPrecondition, "refused (FailedPrecondition): no")]
    public void From_AServicesRefusal_SaysWhatToDoUnlessTheServiceDoes(StatusCode status, string expected) =>
        Assert.Equal($"{Server} {expected}", CliException.From(new ServiceException(Server, new(new(status, "no")))).Message);

    [Fact]
    public void From_AFileThatCantBeWritten_SaysWhatToDoAfterOneFullStop()
    {
        var e = new UnauthorizedAccessException("Access to the path '/x' is denied.");

        Assert.Equal(
            "Access to the path '/x' is denied. See whether this may be read or written and there is room for it, or name another place.",
            CliException.From(e).Message);
        Assert.StartsWith("/x can't be written: no. See", CliException.From(e, "/x can't be written: no").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void From_AMessageThatSaysItAll_IsLeftAsItIs() =>
        Assert.Equal("Choose one of a, b", CliException.From(new ArgumentException("Choose one of a, b")).Message);
}

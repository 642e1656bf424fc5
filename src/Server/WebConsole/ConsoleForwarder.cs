using System.Net.Http.Headers;
using System.Net.Mime;
using Microsoft.Extensions.Options;
using Rearm.Streaming.ServiceDefaults.Errors;
using Rearm.Streaming.ServiceDefaults.Http;

namespace Rearm.Streaming.Server.WebConsole;

/// <summary>
/// Passes the console's calls on to the services that answer them, as the page may talk to its own origin alone. The path is one of <see cref="ConsoleCall.All"/> and the
/// address one of the configuration, so nothing a caller sends decides where a request goes. Of the caller's headers only the key goes with it.
/// </summary>
internal sealed partial class ConsoleForwarder : IDisposable
{
    /// <summary>A header that the page sends and that another site's page can't, so that it can't press a button here.</summary>
    public const string OwnHeader = "x-rearm-console";

    private static readonly string[] KeyHeaders = ["authorization", "x-api-key"];

    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        ConnectTimeout = TimeSpan.FromSeconds(3),
        // A service that moves is found again by its name.
        PooledConnectionLifetime = TimeSpan.FromMinutes(1),
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
        MaxResponseContentBufferSize = 8 << 20,
    };

    private readonly IReadOnlyDictionary<ConsoleService, string> _addresses;
    private readonly ILogger<ConsoleForwarder> _logger;

    public ConsoleForwarder(IOptions<ServerOptions> options, ILogger<ConsoleForwarder> logger)
    {
        var console = options.Value.Console;
        _addresses = new Dictionary<ConsoleService, string>
        {
            [ConsoleService.Ingestor] = console.Ingestor,
            [ConsoleService.GraphBuilder] = console.GraphBuilder,
            [ConsoleService.Trainer] = console.Trainer,
        };
        _logger = logger;
    }

    /// <summary>Whether a service's address is configured.</summary>
    public bool Knows(ConsoleService service) => _addresses[service].Length > 0;

    /// <summary>Makes a call in the caller's name, and answers what the service answers.</summary>
    /// <exception cref="PermissionException">A POST that does not come from the page.</exception>
    /// <exception cref="InvalidRequestException">A parameter that the call does not have, or a body that is not JSON.</exception>
    /// <exception cref="PreconditionException">The service's address is not configured.</exception>
    /// <exception cref="UnavailableException">The service does not answer.</exception>
    public async Task ForwardAsync(HttpContext context, ConsoleCall call)
    {
        QueryParameters.RequireKnown(context.Request.Query, call.Parameters);
        if (call.Method != HttpMethods.Get && !context.Request.Headers.ContainsKey(OwnHeader))
            throw new PermissionException($"The header \"{OwnHeader}\" is missing: this call is for the console's own page. Others ask the {call.Service} itself.");
        if (!Knows(call.Service))
            throw new PreconditionException($"The Server does not know the {call.Service}'s address; set {ConsoleOptions.Section}:{call.Service}.");
        using var request = await RequestAsync(context, call);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        patience.CancelAfter(call.Patience);
        using var answer = await SendAsync(request, call, patience.Token, context.RequestAborted);
        var body = await answer.Content.ReadAsByteArrayAsync(context.RequestAborted);
        context.Response.StatusCode = (int)answer.StatusCode;
        context.Response.ContentType = answer.Content.Headers.ContentType?.ToString();
        if (answer.Headers.RetryAfter is { } retryAfter)
            context.Response.Headers.RetryAfter = retryAfter.ToString();
        await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }

    public void Dispose() => _http.Dispose();

    private async Task<HttpRequestMessage> RequestAsync(HttpContext context, ConsoleCall call)
    {
        var request = new HttpRequestMessage(new(call.Method), new Uri(new Uri(_addresses[call.Service]), call.Path + context.Request.QueryString));
        foreach (var name in KeyHeaders)
            if (context.Request.Headers.TryGetValue(name, out var value))
                request.Headers.TryAddWithoutValidation(name, (string?)value);
        if (!call.HasBody)
            return request;
        if (!context.Request.HasJsonContentType())
            throw new InvalidRequestException($"The content type is \"{context.Request.ContentType}\"; {MediaTypeNames.Application.Json} is needed.");
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        request.Content = new ByteArrayContent(body.ToArray()) { Headers = { ContentType = new MediaTypeHeaderValue(MediaTypeNames.Application.Json) } };
        return request;
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, ConsoleCall call, CancellationToken patience, CancellationToken caller)
    {
        try
        {
            return await _http.SendAsync(request, patience);
        }
        catch (OperationCanceledException e) when (!caller.IsCancellationRequested)
        {
            LogNoAnswer(call.Service, call.Path, $"no answer within {call.Patience.TotalSeconds} s");
            throw new UnavailableException($"The {call.Service} does not answer within {call.Patience.TotalSeconds} s ({ConsoleOptions.Section}:{call.Service}).", e);
        }
        catch (HttpRequestException e)
        {
            LogNoAnswer(call.Service, call.Path, e.Message);
            // The log has the address; whoever reads the page need not.
            throw new UnavailableException($"The {call.Service} can't be reached ({e.HttpRequestError}). Is it up, and is {ConsoleOptions.Section}:{call.Service} right?", e);
        }
    }

    [LoggerMessage(4061, LogLevel.Warning, "The console's call {Path} of the {Service} failed: {Reason}")]
    private partial void LogNoAnswer(ConsoleService service, string path, string reason);
}

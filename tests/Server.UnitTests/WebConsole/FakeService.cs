using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Rearm.Streaming.Server.UnitTests.WebConsole;

/// <summary>A service that notes what it is asked, and answers what the test says.</summary>
internal sealed class FakeService : IAsyncDisposable
{
    private readonly WebApplication _app;

    private FakeService(WebApplication app) => _app = app;

    public string Address => _app.Urls.Single();

    /// <summary>Each request as "POST /path?query".</summary>
    public List<string> Requests { get; } = [];

    public IHeaderDictionary Headers { get; private set; } = new HeaderDictionary();

    public string Body { get; private set; } = "";

    public int Status { get; set; } = 200;

    public string Answer { get; set; } = "{}";

    public static async Task<FakeService> StartAsync()
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var service = new FakeService(builder.Build());
        service._app.Run(service.AnswerAsync);
        await service._app.StartAsync();
        return service;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        using var body = new StreamReader(context.Request.Body, Encoding.UTF8);
        Body = await body.ReadToEndAsync();
        Headers = new HeaderDictionary(context.Request.Headers.ToDictionary());
        Requests.Add($"{context.Request.Method} {context.Request.Path}{context.Request.QueryString}");
        context.Response.StatusCode = Status;
        context.Response.ContentType = "application/json; charset=utf-8";
        context.Response.Headers.RetryAfter = "7";
        context.Response.Headers.SetCookie = "session=1";
        await context.Response.WriteAsync(Answer);
    }
}

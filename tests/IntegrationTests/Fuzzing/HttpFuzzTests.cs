using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;
using Rearm.Streaming.Testing;

namespace Rearm.Streaming.IntegrationTests.Fuzzing;

/// <summary>Whatever is sent to whichever HTTP route: a status that says what is wrong, and the service goes on.</summary>
[Collection(SharedFuzzedServices.Name)]
public sealed partial class HttpFuzzTests(FuzzedServices services)
{
    public static TheoryData<string> Names => [.. FuzzedServices.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Http_WhateverIsAsked_HasAForeseenStatus(string name)
    {
        var service = services.Named(name);
        var random = new RandomRequests(FuzzBudget.Seed);
        var passed = new Dictionary<RouteEndpoint, int>();
        var parameters = new Dictionary<RouteEndpoint, string[]>();
        foreach (var route in service.Routes)
            (passed[route], parameters[route]) = (0, await ParametersAsync(service, route, random));
        IReadOnlyList<RouteEndpoint> routes = service.Routes;
        foreach (var round in FuzzBudget.Rounds(least: 10, most: 40, HavePassed))
            foreach (var route in routes)
            {
                using var request = random.Create(service, route, parameters[route]);
                var (status, code) = await SendAsync(service, request, round);
                passed[route] += status < HttpStatusCode.BadRequest || code is "NOT_FOUND" or "FAILED_PRECONDITION" ? 1 : 0;
            }
        // Else nothing but the validation would have been tried.
        Assert.All(
            passed.Where(p => IsOfTheApi(p.Key)),
            p => Assert.True(p.Value > 0, $"Nothing got past the validation of {p.Key.DisplayName}. Seed {FuzzBudget.Seed}."));
        await service.AnswerAsync();

        // It goes on with those alone of which nothing has got past yet.
        bool HavePassed() => (routes = [.. service.Routes.Where(route => IsOfTheApi(route) && passed[route] == 0)]).Count == 0;
    }

    private static bool IsOfTheApi(RouteEndpoint route) =>
        route.RoutePattern.RawText is { } path
        && (path.StartsWith("/v1/", StringComparison.Ordinal) || path.StartsWith("/console/api/", StringComparison.Ordinal));

    private static async Task<(HttpStatusCode Status, string? Code)> SendAsync(FuzzedService service, HttpRequestMessage request, int round)
    {
        var sent = request.Content is null ? "nothing" : Convert.ToHexString(await request.Content.ReadAsByteArrayAsync());
        using var response = await service.Http.SendAsync(request).WaitAsync(Wait.Patience);
        var answer = await response.Content.ReadAsStringAsync();
        var code = CodeOf(answer);
        // An erasure may have to be asked for again.
        Assert.True(
            response.StatusCode < HttpStatusCode.InternalServerError || code == "UNAVAILABLE",
            $"{(int)response.StatusCode} {answer} to seed {FuzzBudget.Seed}, round {round}, {request.Method} {request.RequestUri}, "
            + $"as {request.Content?.Headers.ContentType}: {sent}");
        return (response.StatusCode, code);
    }

    private static string? CodeOf(string answer)
    {
        try
        {
            using var json = JsonDocument.Parse(answer);
            return json.RootElement.GetProperty("error").GetProperty("code").GetString();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return null;
        }
    }

    // Whoever gives a parameter that there is not is told which there are.
    private static async Task<string[]> ParametersAsync(FuzzedService service, RouteEndpoint route, RandomRequests random)
    {
        var verb = route.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods[0] ?? "GET";
        var path = random.Path(route.RoutePattern, isPlain: true);
        using var request = new HttpRequestMessage(new(verb), new Uri(service.Endpoints.Http, $"{path}?no_such_parameter=1"));
        using var response = await service.Http.SendAsync(request);
        var known = KnownPattern().Match(await response.Content.ReadAsStringAsync());
        return known.Success && known.Groups[1].Value != "no parameters" ? known.Groups[1].Value.Split(", ") : [];
    }

    [GeneratedRegex("no_such_parameter: is not known here; there are ([a-z_, ]+)")]
    private static partial Regex KnownPattern();
}

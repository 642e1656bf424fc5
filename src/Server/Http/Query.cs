using System.Globalization;
using Rearm.Streaming.ServiceDefaults.Errors;
using Rearm.Streaming.ServiceDefaults.Http;

namespace Rearm.Streaming.Server.Http;

/// <summary>A request's query string. What is not known here, or can't be read, is an <see cref="InvalidRequestException"/> that names the parameter.</summary>
internal readonly struct Query
{
    private readonly IQueryCollection _query;

    public Query(HttpContext context, string[] known)
    {
        _query = context.Request.Query;
        QueryParameters.RequireKnown(_query, known);
    }

    /// <summary>All values of a parameter that may be repeated.</summary>
    public IEnumerable<string> All(string name) => _query[name].OfType<string>();

    /// <summary>A whole number; 0 where there is none.</summary>
    public uint UInt32(string name)
    {
        if (One(name) is not { } text)
            return 0;
        return uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw new InvalidRequestException($"{name}: is \"{text}\"; a whole number is needed");
    }

    /// <summary>A number; 0 where there is none.</summary>
    public float Number(string name)
    {
        if (One(name) is not { } text)
            return 0;
        return float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw new InvalidRequestException($"{name}: is \"{text}\"; a number is needed");
    }

    /// <summary>What it is; empty where there is none.</summary>
    public string Text(string name) => One(name) ?? "";

    /// <summary>true or false; null where there is neither.</summary>
    public bool? Bool(string name) => One(name) switch
    {
        null => null,
        "true" => true,
        "false" => false,
        var text => throw new InvalidRequestException($"{name}: is \"{text}\"; true or false is needed"),
    };

    private string? One(string name)
    {
        var values = _query[name];
        return values.Count <= 1 ? values.FirstOrDefault() : throw new InvalidRequestException($"{name}: is given {values.Count} times; once is enough");
    }
}

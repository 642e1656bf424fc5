using Microsoft.AspNetCore.Http;
using Rearm.Streaming.ServiceDefaults.Errors;

namespace Rearm.Streaming.ServiceDefaults.Http;

/// <summary>Refuses query parameters that would otherwise be ignored: a misspelt one must not silently change nothing.</summary>
public static class QueryParameters
{
    /// <summary>Checks the names.</summary>
    /// <param name="query">The request's query string.</param>
    /// <param name="known">The names that mean something here.</param>
    /// <exception cref="InvalidRequestException">Names the first parameter that is not known, and those that are.</exception>
    public static void RequireKnown(IQueryCollection query, IReadOnlyCollection<string> known)
    {
        foreach (var name in query.Keys)
            if (!known.Contains(name))
                throw new InvalidRequestException($"{name}: is not known here; there are {(known.Count == 0 ? "no parameters" : string.Join(", ", known))}");
    }
}

using System.Runtime.CompilerServices;
using Microsoft.Extensions.Options;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Server.Catalogue;
using Rearm.Streaming.ServiceDefaults.Errors;
using Rearm.Streaming.Storage.Generations;
using Rearm.Streaming.Storage.Live;
using Rearm.Streaming.Storage.Redis;

namespace Rearm.Streaming.Server.Answers;

/// <summary>The answers for every user: those with live state in Redis, then those that only the generation knows.</summary>
internal sealed class Everybody(
    Recommendations recommendations, Admission admission, IOptions<ServerOptions> options, GenerationFollower follower, GenerationReader generations,
    RedisConnection redis)
{
    // Enough to share passes over the items, and few enough to leave room for those who wait for one answer.
    private readonly int _atATime = Math.Clamp(options.Value.RunningCalls / 4, 1, 16);

    /// <summary>The answers, as fast as they are taken and as there is room for them beside other calls.</summary>
    public async IAsyncEnumerable<UserRecommendations> AnswerAsync(RecommendAllRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        RequestRules.Check(request);
        await foreach (var users in UsersAsync(cancellationToken).Chunk(_atATime).WithCancellation(cancellationToken))
            foreach (var answer in await AnswerAsync(users, request, cancellationToken))
                yield return answer;
    }

    private async Task<UserRecommendations[]> AnswerAsync(string[] users, RecommendAllRequest request, CancellationToken cancellationToken)
    {
        // Those who wait for one answer come first.
        while (!admission.TryEnter(users.Length))
            await Task.Delay(Admission.RetryAfter, cancellationToken);
        try
        {
            return await Task.WhenAll(users.Select(user => AnswerAsync(user, request, cancellationToken)));
        }
        finally
        {
            admission.Leave(users.Length);
        }
    }

    private async Task<UserRecommendations> AnswerAsync(string user, RecommendAllRequest request, CancellationToken cancellationToken)
    {
        var one = new RecommendRequest
        {
            UserId = user,
            K = request.K,
            Categories = { request.Categories },
            ExcludedItemIds = { request.ExcludedItemIds },
            Filter = request.Filter,
            SeenTypes = { request.SeenTypes },
            Attributes = { request.Attributes },
        };
        if (request.HasExcludeSeen)
            one.ExcludeSeen = request.ExcludeSeen;
        while (true)
            try
            {
                return new() { UserId = user, Response = await recommendations.PreviewAsync(one, cancellationToken) };
            }
            catch (LimitException e)
            {
                await Task.Delay(e.RetryAfter, cancellationToken);
            }
    }

    private async IAsyncEnumerable<string> UsersAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // Hashes, because ids of millions of users take much more room.
        var seen = new HashSet<ulong>();
        await foreach (var user in LiveUsers.IdsAsync(redis, cancellationToken))
            if (seen.Add(StableHash.Of(user)))
                yield return user;
        var state = follower.Current;
        if (state.Generation is not { } generation)
            yield break;
        foreach (var one in new[] { generation, state.Split?.Treatment.Generation }.OfType<LoadedGeneration>())
            await foreach (var user in generations.ReadUserIdsAsync(one.Manifest.Number, cancellationToken))
                if (!state.IsErased(user) && seen.Add(StableHash.Of(user)))
                    yield return user;
    }
}

using System.Diagnostics;
using Confluent.Kafka;
using Grpc.Core;
using Rearm.Streaming.Testing.Processes;
using StackExchange.Redis;

namespace Rearm.Streaming.Testing;

/// <summary>Waits for what another thread, service or process brings about: asks until the answer is right, or a deadline has passed.</summary>
public static class Wait
{
    /// <summary>Only a failing test waits this long, so it is generous: a busy machine must not fail one.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    /// <summary>Asks until <paramref name="condition"/> holds, and returns that answer. A service that is unavailable is asked again.</summary>
    /// <param name="what">What is waited for, as the end of "Waited in vain until ...".</param>
    /// <param name="ask">Gives the current state.</param>
    /// <param name="condition">Whether that is it.</param>
    /// <param name="process">The process asked, if it is one: waiting ends when it does, and its output is in the message.</param>
    /// <exception cref="TimeoutException">It did not come about; the message says what was seen last.</exception>
    public static async Task<T> UntilAsync<T>(string what, Func<Task<T>> ask, Func<T, bool> condition, ChildProcess? process = null)
    {
        var last = "nothing";
        for (var watch = Stopwatch.StartNew(); watch.Elapsed < Patience && process?.Exited.IsCompleted != true; await Task.Delay(Pause))
        {
            try
            {
                var answer = await ask();
                if (condition(answer))
                    return answer;
                last = $"{answer}";
            }
            catch (Exception e) when (MayPass(e))
            {
                last = e.Message;
            }
        }
        throw new TimeoutException($"Waited in vain until {what}. Last seen: {last}{(process is null ? "" : $"\nIts output:\n{process.Output}")}");
    }

    /// <inheritdoc cref="UntilAsync{T}"/>
    public static Task UntilAsync(string what, Func<Task<bool>> condition, ChildProcess? process = null) => UntilAsync(what, condition, holds => holds, process);

    private static bool MayPass(Exception e) => e
        is RpcException { StatusCode: StatusCode.Unavailable or StatusCode.DeadlineExceeded }
        or HttpRequestException
        or KafkaException
        or RedisException
        or RedisTimeoutException;
}

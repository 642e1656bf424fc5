using Confluent.Kafka;
using Polly;
using Polly.Retry;
using Rearm.Streaming.Storage.Leases;
using StackExchange.Redis;

namespace Rearm.Streaming.GraphBuilder.Publishing;

/// <summary>
/// Retries what Kafka or Redis refuses for the moment until it succeeds, with exponential back-off. This is the flow's back-pressure: nothing
/// more is read meanwhile, and nothing is lost.
/// </summary>
internal sealed partial class RetryPolicy
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(5);
    private static readonly ResiliencePropertyKey<int> Failures = new("failures");

    private readonly ResiliencePipeline _pipeline;
    private readonly TimeProvider _time;
    private readonly SnapshotRequests _requests;
    private volatile Blockage? _blocked;
    private long _retries;
    private readonly ILogger<RetryPolicy> _logger;

    public RetryPolicy(SnapshotRequests requests, TimeProvider time, ILogger<RetryPolicy> logger)
    {
        (_requests, _time, _logger) = (requests, time, logger);
        _pipeline = new ResiliencePipelineBuilder { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions
            {
                ShouldHandle = static args => ValueTask.FromResult(args.Outcome.Exception is { } e && IsTransient(e)),
                MaxRetryAttempts = int.MaxValue,
                BackoffType = DelayBackoffType.Exponential,
                Delay = FirstDelay,
                MaxDelay = LongestDelay,
                OnRetry = OnRetryAsync,
            })
            .Build();
    }

    /// <summary>What fails at present and since when; null if nothing does. Any thread may ask.</summary>
    public Blockage? Blocked => _blocked;

    /// <summary>How often something has been tried again since the start.</summary>
    public long Retries => Interlocked.Read(ref _retries);

    /// <summary>May the same attempt succeed later?</summary>
    public static bool IsTransient(Exception e) => e is RedisException or TimeoutException or LeaseLostException or KafkaException { Error.IsFatal: false };

    /// <summary>Runs an action until it succeeds, or fails with something else than a transient error.</summary>
    /// <param name="what">What is done, for the log, e.g. "write dead letters".</param>
    /// <param name="action">Idempotent: it is run again after it has failed half-way.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task ExecuteAsync(string what, Func<CancellationToken, Task> action, CancellationToken cancellationToken)
    {
        var context = ResilienceContextPool.Shared.Get(what, cancellationToken);
        try
        {
            await _pipeline.ExecuteAsync(static async (context, action) => await action(context.CancellationToken), context, action);
            if (context.Properties.TryGetValue(Failures, out var failures))
                LogRecovered(what, failures + 1);
        }
        finally
        {
            _blocked = null;
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private ValueTask OnRetryAsync(OnRetryArguments<object> args)
    {
        var (error, failures) = (args.Outcome.Exception!, args.AttemptNumber + 1);
        args.Context.Properties.Set(Failures, failures);
        Interlocked.Increment(ref _retries);
        if (failures == 1)
            LogBlocked(args.Context.OperationKey!, error.Message);
        else
            LogRetry(args.Context.OperationKey!, failures, error.Message, args.RetryDelay.TotalSeconds);
        _blocked = new($"Could not {args.Context.OperationKey}, attempt {failures}: {error.Message}", _blocked?.Since ?? _time.GetUtcNow());
        // Whoever waits for a snapshot learns why there is none.
        _requests.FailAll(error);
        return ValueTask.CompletedTask;
    }

    [LoggerMessage(2011, LogLevel.Warning, "Could not {What}: {Reason} Retrying; nothing more is read until it succeeds")]
    private partial void LogBlocked(string what, string reason);

    [LoggerMessage(2012, LogLevel.Warning, "Could not {What}, attempt {Attempt}: {Reason} Next attempt in {Seconds:0.0} s")]
    private partial void LogRetry(string what, int attempt, string reason, double seconds);

    [LoggerMessage(2013, LogLevel.Information, "Could {What} at attempt {Attempt}; reading goes on")]
    private partial void LogRecovered(string what, int attempt);
}

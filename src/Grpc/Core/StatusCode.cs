namespace Grpc.Core;

/// <summary>The outcome of a call, as the gRPC specification numbers it.</summary>
public enum StatusCode
{
    /// <summary>Success.</summary>
    OK = 0,
    /// <summary>The call was cancelled, usually by the caller.</summary>
    Cancelled = 1,
    /// <summary>An error nobody classified, such as an exception thrown by a handler.</summary>
    Unknown = 2,
    /// <summary>The request is wrong whatever the state of the system.</summary>
    InvalidArgument = 3,
    /// <summary>The deadline passed before the call finished.</summary>
    DeadlineExceeded = 4,
    /// <summary>What was asked for does not exist.</summary>
    NotFound = 5,
    /// <summary>What was to be created exists already.</summary>
    AlreadyExists = 6,
    /// <summary>The caller is known but may not do this.</summary>
    PermissionDenied = 7,
    /// <summary>A quota or a limit (message size, rate, space) is exhausted.</summary>
    ResourceExhausted = 8,
    /// <summary>The system is not in the state the call needs.</summary>
    FailedPrecondition = 9,
    /// <summary>The call lost a race, e.g. a transaction was aborted.</summary>
    Aborted = 10,
    /// <summary>The call went past the valid range.</summary>
    OutOfRange = 11,
    /// <summary>The method or the encoding is not supported.</summary>
    Unimplemented = 12,
    /// <summary>An invariant is broken, e.g. the peer sent a malformed frame.</summary>
    Internal = 13,
    /// <summary>The service cannot be reached now; try again later.</summary>
    Unavailable = 14,
    /// <summary>Data was lost or corrupted for good.</summary>
    DataLoss = 15,
    /// <summary>The caller has no valid credentials.</summary>
    Unauthenticated = 16,
}

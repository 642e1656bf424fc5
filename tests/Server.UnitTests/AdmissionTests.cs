using Microsoft.Extensions.Options;
using Rearm.Streaming.ServiceDefaults.Access;
using Rearm.Streaming.Testing;

namespace Rearm.Streaming.Server.UnitTests;

public class AdmissionTests
{
    private readonly Admission _admission = new(Options.Create(new ServerOptions { MaxRunningCalls = 32 }));

    [Fact]
    public void TryEnter_MoreThanMayRun_AreLetInAsOthersLeave()
    {
        Assert.Equal(32, Enter(100));
        _admission.Leave(1);
        Assert.Equal(1, Enter(100));
        Assert.Equal(32, _admission.Running);
    }

    [Fact]
    public void TryEnter_Many_NeedRoomForOneAndCountAsThatMany()
    {
        Enter(31);

        Assert.True(_admission.TryEnter(100));
        Assert.Equal(131, _admission.Running);
        Assert.False(_admission.TryEnter(1));
        _admission.Leave(100);
        Assert.True(_admission.TryEnter(1));
    }

    [Fact]
    public void TryEnter_Caller_IsToldWhyAndCounted()
    {
        Assert.Null(_admission.TryEnter(32, AccessCaller.Anybody));

        var refusal = _admission.TryEnter(1, AccessCaller.Anybody)!;

        Assert.Equal("32 calls run already, which is the limit (Server:MaxRunningCalls).", refusal.Message);
        Assert.Equal(Admission.RetryAfter, refusal.RetryAfter);
        Assert.Equal((32, 1), (_admission.Running, _admission.Refused));
    }

    [Fact]
    public void TryEnter_LetIn_AllocatesNothing()
    {
        Assert.Equal(0, Allocations.Of(EnterAndLeave));

        void EnterAndLeave()
        {
            Assert.Null(_admission.TryEnter(1, AccessCaller.Anybody));
            _admission.Leave(1);
        }
    }

    private int Enter(int calls) => Enumerable.Range(0, calls).Count(_ => _admission.TryEnter(1));
}

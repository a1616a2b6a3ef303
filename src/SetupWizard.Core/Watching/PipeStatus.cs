using System.Net;
using SetupWizard.Core.Model;
using SetupWizard.Core.Providers;

namespace SetupWizard.Core.Watching;

/// <summary>Where ClickPipes stands, as the source sees it.</summary>
public enum PipeState
{
    /// <summary>Nothing of it was seen.</summary>
    NotSeen,

    /// <summary>It has sessions that read tables, and no stream yet, though the connection for it may be there.</summary>
    Copying,

    /// <summary>It reads the stream.</summary>
    Connected,

    /// <summary>It is connected, and has not kept up for a while.</summary>
    Lagging,

    /// <summary>It was connected before, or its slot exists, and nothing reads from it.</summary>
    Gone,
}

/// <summary>Whether an address is one ClickPipes connects from.</summary>
public enum AddressOrigin
{
    /// <summary>There is none to check: a local socket, or nobody is connected.</summary>
    None,

    /// <summary>It is in the list of the region.</summary>
    Listed,

    /// <summary>It is not in the list of the region.</summary>
    NotListed,

    /// <summary>This login may not see it.</summary>
    NotVisible,

    /// <summary>No region was chosen, so there is no list.</summary>
    NoRegion,

    /// <summary>ClickPipes comes through a bastion or a private endpoint: the address is that one's.</summary>
    OtherWay,
}

/// <summary>What the source knows of ClickPipes at one moment.</summary>
/// <param name="State">Where it stands.</param>
/// <param name="Since">Since when; null when that is not known.</param>
public sealed record PipeStatus(PipeState State, DateTimeOffset? Since = null)
{
    /// <summary>Its WAL sender; null when it reads no stream.</summary>
    public SenderPulse? Sender { get; init; }

    /// <summary>Its slot; null when there is none.</summary>
    public SlotPulse? Slot { get; init; }

    /// <summary>Where it connects from.</summary>
    public string? Address { get; init; }

    /// <summary>Whether that is where it should connect from.</summary>
    public AddressOrigin Origin { get; init; }

    /// <summary>Whether a session is ClickPipes': it is the user's, or calls itself as ClickPipes' engine does, and is none of the wizard's own.</summary>
    public static bool IsPipe(SenderPulse sender, string user)
    {
        ArgumentNullException.ThrowIfNull(sender);
        return !sender.Application.StartsWith(Connecting.SourceConnector.ApplicationName + " ", StringComparison.Ordinal)
            && (sender.User == user || sender.Application.StartsWith("peerdb", StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Whether a slot has a name as ClickPipes gives them.</summary>
    public static bool IsPipeSlot(SlotPulse slot)
    {
        ArgumentNullException.ThrowIfNull(slot);
        return slot.Name.StartsWith("peerflow_slot_", StringComparison.Ordinal);
    }

    /// <summary>Checks an address against the list of the goal's region.</summary>
    /// <param name="address">As the server shows it; null when it shows none.</param>
    /// <param name="visible">Whether this login may see it.</param>
    /// <param name="goal">The goal, with the region.</param>
    public static AddressOrigin OriginOf(string? address, bool visible, SetupGoal goal)
    {
        ArgumentNullException.ThrowIfNull(goal);
        if (!visible)
        {
            return AddressOrigin.NotVisible;
        }

        if (address is null)
        {
            return AddressOrigin.None;
        }

        if (goal.Network != NetworkPath.Public)
        {
            return AddressOrigin.OtherWay;
        }

        var listed = ClickPipesRegions.AddressesFor(goal);
        return listed.Count == 0 ? AddressOrigin.NoRegion : listed.Any(a => Same(a, address)) ? AddressOrigin.Listed : AddressOrigin.NotListed;
    }

    private static bool Same(string listed, string seen) =>
        IPAddress.TryParse(listed, out var a) && IPAddress.TryParse(seen, out var b) && a.MapToIPv6().Equals(b.MapToIPv6());
}

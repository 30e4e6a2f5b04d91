#include "model/kinds/db_instance_disruption_rules.h"

#include <algorithm>

#include "base/text.h"
#include "model/kinds/compare.h"
#include "model/kinds/db_instance_offers.h"
#include "model/kinds/db_instance_rules.h"
#include "model/kinds/sight.h"

namespace rdsteady::model::db_instance {
namespace {

Maybe Certainly(bool holds) {
  return holds ? Maybe::kYes : Maybe::kNo;
}
Maybe Possibly(bool may_hold) {
  return may_hold ? Maybe::kMaybe : Maybe::kNo;
}
Maybe Not(Maybe maybe) {
  return maybe == Maybe::kYes ? Maybe::kNo : maybe == Maybe::kNo ? Maybe::kYes : Maybe::kMaybe;
}

constexpr std::string_view kMagneticType = "standard";

bool IsText(const Value& value, std::string_view type) {
  return EqualsIgnoreCase(TextOf(value), type);
}

// The GiB at which one volume becomes four. 0: never. It is the line at which gp3 gets its higher baseline, too.
Maybe CrossesStriping(const Sight& sight, const Value& from, const Value& to) {
  const auto before = IntegerOf(from);
  const auto after = IntegerOf(to);
  const auto threshold = Gp3Threshold(sight.Engine());
  if (!before || !after || !threshold) return Maybe::kMaybe;
  return Certainly(*threshold > 0 && *before < *threshold && *after >= *threshold);
}

bool Differs(const Sight& sight, std::string_view property) {
  const Value& stated = StatedOf(sight, property);
  if (stated.IsNull()) return false;
  const Value& live = LiveOf(sight, property);
  return stated.Is<std::string>() ? !EqualsIgnoreCase(TextOf(stated), TextOf(live)) : stated != live;
}

bool HasLiveReplicas(const Sight& sight) {
  return HasItems(LiveOf(sight, "ReadReplicaDBInstanceIdentifiers")) ||
         HasItems(LiveOf(sight, "ReadReplicaDBClusterIdentifiers"));
}

bool IsMajor(const Sight& sight, const Value& from, const Value& to) {
  return CrossesMajor(sight.Engine(), TextOf(from), TextOf(to));
}

bool IsDefaultGroup(std::string_view name) {
  return name.empty() || name.starts_with("default.") || name.starts_with("default:");
}

bool HasVolume(const Value& volumes, const Value& volume) {
  const Value* name = volume.Find("VolumeName");
  const auto* list = volumes.If<List>();
  return name != nullptr && list != nullptr && std::ranges::any_of(*list, [name](const Value& candidate) {
           const Value* other = candidate.Find("VolumeName");
           return other != nullptr && EqualsIgnoreCase(TextOf(*other), TextOf(*name));
         });
}

bool IsRemoval(const Value& volume) {
  const Value* remove = volume.Find("SetForDelete");
  return remove != nullptr && IsTrue(*remove);
}

template <class Predicate>
Maybe AnyVolume(const Value& volumes, Predicate predicate) {
  const auto* list = volumes.If<List>();
  return Certainly(list != nullptr && std::ranges::any_of(*list, predicate));
}

bool CertificateWaits(const Sight& sight) {
  return StatedOf(sight, "CertificateRotationRestart") == Value(false);
}

bool HasPending(const Sight& sight) {
  const auto* pending = LiveOf(sight, "PendingModifiedValues").If<Properties>();
  return pending != nullptr && std::ranges::any_of(*pending, [](const auto& entry) { return !entry.second.IsNull(); });
}

// Whether the stated subnet group lies in the instance's VPC.
Maybe IsSameVpc(const Sight& sight) {
  if (sight.others == nullptr) return Maybe::kMaybe;
  const Value* group = sight.others->Live("DBSubnetGroup", TextOf(StatedOf(sight, "DBSubnetGroupName")));
  const Value vpc = group == nullptr ? Value() : ReadPath(*group, "VpcId");
  const std::string_view live = TextOf(LiveOf(sight, "DBSubnetGroup.VpcId"));
  if (vpc.IsNull() || live.empty()) return Maybe::kMaybe;
  return Certainly(TextOf(vpc) == live);
}

bool IsStandalone(const Sight& sight) {
  return !OnMultiAZ(sight) && !IsReplica(sight) && !HasLiveReplicas(sight);
}

}  // namespace

Maybe Never(const Sight&, const Value&, const Value&) {
  return Maybe::kNo;
}
Maybe CannotTell(const Sight&, const Value&, const Value&) {
  return Maybe::kMaybe;
}
Maybe IsSwitchedOn(const Sight&, const Value&, const Value& to) {
  return Certainly(IsTrue(to));
}
Maybe IsSwitchedOff(const Sight&, const Value&, const Value& to) {
  return Certainly(to == Value(false));
}
Maybe IsNotSwitchedOn(const Sight&, const Value&, const Value& to) {
  return Certainly(!IsTrue(to));
}
Maybe IsNotSwitchedOff(const Sight&, const Value&, const Value& to) {
  return Certainly(to != Value(false));
}
Maybe MayBeSwitchedOn(const Sight&, const Value&, const Value& to) {
  return Possibly(IsTrue(to));
}
Maybe MayBeSwitchedOff(const Sight&, const Value&, const Value& to) {
  return Possibly(!IsTrue(to));
}
Maybe IsReset(const Sight&, const Value&, const Value& to) {
  return Certainly(to.IsNull());
}

Maybe IsRaised(const Sight&, const Value& from, const Value& to) {
  return Certainly(IntegerOf(to).value_or(0) >= IntegerOf(from).value_or(0));
}

Maybe IsLowered(const Sight& sight, const Value& from, const Value& to) {
  return Not(IsRaised(sight, from, to));
}

Maybe RetentionStaysOn(const Sight&, const Value& from, const Value& to) {
  return Certainly(IntegerOf(from).value_or(0) > 0 && IntegerOf(to).value_or(0) > 0);
}

Maybe RetentionIsTurnedOn(const Sight&, const Value& from, const Value& to) {
  return Certainly(IntegerOf(from).value_or(0) == 0 && IntegerOf(to).value_or(0) > 0);
}

Maybe RetentionIsTurnedOff(const Sight&, const Value& from, const Value& to) {
  return Certainly(IntegerOf(from).value_or(0) > 0 && IntegerOf(to).value_or(0) == 0);
}

Maybe BecomesMounted(const Sight&, const Value&, const Value& to) {
  return Certainly(IsText(to, "mounted"));
}
Maybe BecomesOpen(const Sight&, const Value&, const Value& to) {
  return Certainly(!IsText(to, "mounted"));
}

Maybe BecomesRunning(const Sight&, const Value&, const Value& to) {
  return Certainly(IsText(to, "running"));
}
Maybe BecomesStopped(const Sight&, const Value&, const Value& to) {
  return Certainly(IsText(to, "stopped"));
}

Maybe CrossesLayout(const Sight& sight, const Value& from, const Value& to) {
  return IsMagneticNow(sight, from, to) == Maybe::kYes ? Maybe::kNo : CrossesStriping(sight, from, to);
}

Maybe StaysOnLayout(const Sight& sight, const Value& from, const Value& to) {
  if (IsMagneticNow(sight, from, to) == Maybe::kYes || sight.Engine().starts_with("sqlserver")) return Maybe::kNo;
  return Not(CrossesStriping(sight, from, to));
}

Maybe IsMagneticNow(const Sight& sight, const Value&, const Value&) {
  return Certainly(IsText(LiveOf(sight, "StorageType"), kMagneticType));
}

Maybe IsOnSsdNow(const Sight& sight, const Value& from, const Value& to) {
  return Not(IsMagneticNow(sight, from, to));
}

// An instance that is younger than the change cannot have the old configuration.
Maybe MayBeOldSqlServerStorage(const Sight& sight, const Value&, const Value&) {
  const std::string_view created = TextOf(LiveOf(sight, "InstanceCreateTime"));
  return Possibly(created.empty() || created < "2017-12");
}

Maybe IsOptimizing(const Sight& sight, const Value&, const Value&) {
  return Possibly(IsText(LiveOf(sight, "DBInstanceStatus"), "storage-optimization"));
}

Maybe LeavesForMagnetic(const Sight& sight, const Value&, const Value& to) {
  return Certainly(IntegerOf(to).value_or(0) == 0 && StorageTypeOf(sight) == kMagneticType);
}

Maybe KeepsProvisionedIops(const Sight& sight, const Value& from, const Value& to) {
  return Not(LeavesForMagnetic(sight, from, to));
}

Maybe TouchesMagnetic(const Sight&, const Value& from, const Value& to) {
  return Certainly(IsText(from, kMagneticType) || IsText(to, kMagneticType));
}

Maybe StaysOnSsd(const Sight& sight, const Value& from, const Value& to) {
  return Not(TouchesMagnetic(sight, from, to));
}

Maybe Gp2AndIo1WithCustomGroup(const Sight& sight, const Value& from, const Value& to) {
  const bool between = (IsText(from, "gp2") && IsText(to, "io1")) || (IsText(from, "io1") && IsText(to, "gp2"));
  const Value group = ReadPath(sight.live, "DBParameterGroups[0].DBParameterGroupName");
  return Possibly(between && !IsDefaultGroup(TextOf(group)));
}

Maybe AddsVolume(const Sight&, const Value& from, const Value& to) {
  return AnyVolume(to, [&from](const Value& volume) { return !HasVolume(from, volume) && !IsRemoval(volume); });
}

Maybe ChangesVolume(const Sight&, const Value& from, const Value& to) {
  return AnyVolume(to, [&from](const Value& volume) { return HasVolume(from, volume) && !IsRemoval(volume); });
}

Maybe RemovesVolume(const Sight&, const Value&, const Value& to) {
  return AnyVolume(to, IsRemoval);
}

Maybe LimitsGrowth(const Sight&, const Value&, const Value& to) {
  return Possibly(IntegerOf(to).value_or(0) > 0);
}

Maybe HasProcessorFeatures(const Sight& sight, const Value&, const Value&) {
  return Certainly(HasItems(LiveOf(sight, "ProcessorFeatures")));
}

// What is not stated rides along as it is, so that only another reservation gives up the present one.
Maybe LeavesReservation(const Sight& sight, const Value&, const Value&) {
  return Certainly(!TextOf(LiveOf(sight, "DBCapacityReservationIdentifier")).empty() &&
                   Differs(sight, "DBCapacityReservationIdentifier"));
}

Maybe ClassChangesToo(const Sight& sight, const Value&, const Value& to) {
  return Certainly(!to.IsNull() && Differs(sight, "DBInstanceClass"));
}

Maybe MultiAZChangesToo(const Sight& sight, const Value&, const Value& to) {
  return Certainly(!to.IsNull() && Differs(sight, "MultiAZ"));
}

Maybe IsMajorStep(const Sight& sight, const Value& from, const Value& to) {
  return Certainly(IsMajor(sight, from, to));
}
Maybe IsMinorStep(const Sight& sight, const Value& from, const Value& to) {
  return Not(IsMajorStep(sight, from, to));
}
Maybe MayBeMajorStep(const Sight& sight, const Value& from, const Value& to) {
  return Possibly(IsMajor(sight, from, to));
}

Maybe IsMinorStepWithReplicas(const Sight& sight, const Value& from, const Value& to) {
  return Certainly(!IsMajor(sight, from, to) && HasLiveReplicas(sight));
}

Maybe IsMajorStepWithReplicas(const Sight& sight, const Value& from, const Value& to) {
  return Certainly(IsMajor(sight, from, to) && HasLiveReplicas(sight));
}

Maybe MayLoseReplicas(const Sight& sight, const Value& from, const Value& to) {
  return Possibly(IsMajor(sight, from, to) && HasLiveReplicas(sight));
}

Maybe HasReplicas(const Sight& sight, const Value&, const Value&) {
  return Certainly(HasLiveReplicas(sight));
}
Maybe MayReachReplicas(const Sight& sight, const Value&, const Value&) {
  return Possibly(HasLiveReplicas(sight));
}

Maybe HasOwnOptions(const Sight& sight, const Value&, const Value&) {
  const Value group = ReadPath(sight.live, "OptionGroupMemberships[0].OptionGroupName");
  return Possibly(!IsDefaultGroup(TextOf(group)));
}

Maybe CannotMoveVpc(const Sight& sight, const Value&, const Value&) {
  return IsStandalone(sight) ? Maybe::kMaybe : Maybe::kYes;
}

Maybe MayBeSameVpc(const Sight& sight, const Value&, const Value&) {
  return IsSameVpc(sight);
}

Maybe IsVpcMove(const Sight& sight, const Value&, const Value&) {
  return IsStandalone(sight) ? Not(IsSameVpc(sight)) : Maybe::kNo;
}

Maybe MayRestartForCertificate(const Sight& sight, const Value&, const Value&) {
  if (CertificateWaits(sight)) return Maybe::kNo;
  return CertificateNeedsRestart(sight);
}

Maybe MayRotateWithoutRestart(const Sight& sight, const Value&, const Value&) {
  return CertificateWaits(sight) ? Maybe::kNo : Not(CertificateNeedsRestart(sight));
}

Maybe RotatesNow(const Sight& sight, const Value&, const Value&) {
  return Certainly(!CertificateWaits(sight));
}

Maybe HasPendingValues(const Sight& sight, const Value&, const Value&) {
  return Possibly(HasPending(sight));
}

Maybe MayMoveWindowFreely(const Sight& sight, const Value&, const Value&) {
  return HasPending(sight) ? Maybe::kMaybe : Maybe::kYes;
}

}  // namespace rdsteady::model::db_instance

// Whether a row of DBInstance's costs holds: yes, no, or it cannot be told from what is observed. Internal.
#pragma once

#include "model/kinds/kind.h"

namespace rdsteady::model::db_instance {

// ---- of the values -------------------------------------------------------------------------------------------------
[[nodiscard]] Maybe Never(const Sight&, const Value& from, const Value& to);
[[nodiscard]] Maybe CannotTell(const Sight&, const Value& from, const Value& to);
[[nodiscard]] Maybe IsSwitchedOn(const Sight&, const Value& from, const Value& to);
[[nodiscard]] Maybe IsSwitchedOff(const Sight&, const Value& from, const Value& to);
[[nodiscard]] Maybe IsNotSwitchedOn(const Sight&, const Value& from, const Value& to);
[[nodiscard]] Maybe IsNotSwitchedOff(const Sight&, const Value& from, const Value& to);
[[nodiscard]] Maybe MayBeSwitchedOn(const Sight&, const Value& from, const Value& to);
[[nodiscard]] Maybe MayBeSwitchedOff(const Sight&, const Value& from, const Value& to);
[[nodiscard]] Maybe IsReset(const Sight&, const Value& from, const Value& to);
[[nodiscard]] Maybe IsRaised(const Sight&, const Value& from, const Value& to);
[[nodiscard]] Maybe IsLowered(const Sight&, const Value& from, const Value& to);
[[nodiscard]] Maybe RetentionStaysOn(const Sight&, const Value& from, const Value& to);
[[nodiscard]] Maybe RetentionIsTurnedOn(const Sight&, const Value& from, const Value& to);
[[nodiscard]] Maybe RetentionIsTurnedOff(const Sight&, const Value& from, const Value& to);
[[nodiscard]] Maybe BecomesMounted(const Sight&, const Value& from, const Value& to);
[[nodiscard]] Maybe BecomesOpen(const Sight&, const Value& from, const Value& to);
[[nodiscard]] Maybe BecomesRunning(const Sight&, const Value& from, const Value& to);
[[nodiscard]] Maybe BecomesStopped(const Sight&, const Value& from, const Value& to);

// ---- storage -------------------------------------------------------------------------------------------------------
[[nodiscard]] Maybe StaysOnLayout(const Sight&, const Value& from, const Value& to);
[[nodiscard]] Maybe CrossesLayout(const Sight&, const Value& from, const Value& to);
[[nodiscard]] Maybe IsMagneticNow(const Sight&, const Value& from, const Value& to);
[[nodiscard]] Maybe IsOnSsdNow(const Sight&, const Value& from, const Value& to);
[[nodiscard]] Maybe MayBeOldSqlServerStorage(const Sight&, const Value& from, const Value& to);
[[nodiscard]] Maybe IsOptimizing(const Sight&, const Value& from, const Value& to);
[[nodiscard]] Maybe KeepsProvisionedIops(const Sight&, const Value& from, const Value& to);
[[nodiscard]] Maybe LeavesForMagnetic(const Sight&, const Value& from, const Value& to);
[[nodiscard]] Maybe StaysOnSsd(const Sight&, const Value& from, const Value& to);
[[nodiscard]] Maybe TouchesMagnetic(const Sight&, const Value& from, const Value& to);
[[nodiscard]] Maybe Gp2AndIo1WithCustomGroup(const Sight&, const Value& from, const Value& to);
[[nodiscard]] Maybe AddsVolume(const Sight&, const Value& from, const Value& to);
[[nodiscard]] Maybe ChangesVolume(const Sight&, const Value& from, const Value& to);
[[nodiscard]] Maybe RemovesVolume(const Sight&, const Value& from, const Value& to);
[[nodiscard]] Maybe LimitsGrowth(const Sight&, const Value& from, const Value& to);

// ---- class, reservation, version, groups, network
// --------------------------------------------------------------------
[[nodiscard]] Maybe HasProcessorFeatures(const Sight&, const Value& from, const Value& to);
[[nodiscard]] Maybe LeavesReservation(const Sight&, const Value& from, const Value& to);
[[nodiscard]] Maybe ClassChangesToo(const Sight&, const Value& from, const Value& to);
[[nodiscard]] Maybe MultiAZChangesToo(const Sight&, const Value& from, const Value& to);
[[nodiscard]] Maybe IsMinorStep(const Sight&, const Value& from, const Value& to);
[[nodiscard]] Maybe IsMajorStep(const Sight&, const Value& from, const Value& to);
[[nodiscard]] Maybe MayBeMajorStep(const Sight&, const Value& from, const Value& to);
[[nodiscard]] Maybe IsMinorStepWithReplicas(const Sight&, const Value& from, const Value& to);
[[nodiscard]] Maybe IsMajorStepWithReplicas(const Sight&, const Value& from, const Value& to);
[[nodiscard]] Maybe MayLoseReplicas(const Sight&, const Value& from, const Value& to);
[[nodiscard]] Maybe HasReplicas(const Sight&, const Value& from, const Value& to);
[[nodiscard]] Maybe MayReachReplicas(const Sight&, const Value& from, const Value& to);
[[nodiscard]] Maybe HasOwnOptions(const Sight&, const Value& from, const Value& to);
[[nodiscard]] Maybe IsVpcMove(const Sight&, const Value& from, const Value& to);
[[nodiscard]] Maybe CannotMoveVpc(const Sight&, const Value& from, const Value& to);
[[nodiscard]] Maybe MayBeSameVpc(const Sight&, const Value& from, const Value& to);
[[nodiscard]] Maybe MayRestartForCertificate(const Sight&, const Value& from, const Value& to);
[[nodiscard]] Maybe MayRotateWithoutRestart(const Sight&, const Value& from, const Value& to);
[[nodiscard]] Maybe RotatesNow(const Sight&, const Value& from, const Value& to);

// ---- the queue -----------------------------------------------------------------------------------------------------
[[nodiscard]] Maybe HasPendingValues(const Sight&, const Value& from, const Value& to);
[[nodiscard]] Maybe MayMoveWindowFreely(const Sight&, const Value& from, const Value& to);

}  // namespace rdsteady::model::db_instance

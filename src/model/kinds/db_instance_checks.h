// What RDS would refuse of a DBInstance, each as a check's objection (empty: nothing to object to). Internal.
//
// With a null live answer they speak of creating; where the table says that a check is no matter of birth, it is silent
// about what only the live answer could tell.
#pragma once

#include <string>

#include "model/kinds/kind.h"

namespace rdsteady::model::db_instance {

// ---- of the resource as a whole ------------------------------------------------------------------------------------
[[nodiscard]] std::string ObjectionToName(const Sight& sight);
[[nodiscard]] std::string NameHint(const Sight& sight);
[[nodiscard]] std::string ObjectionToMissing(const Sight& sight);
[[nodiscard]] std::string ObjectionToPasswordModes(const Sight& sight);
[[nodiscard]] std::string ObjectionToWindowOverlap(const Sight& sight);
[[nodiscard]] std::string ObjectionToMonitoringPair(const Sight& sight);
[[nodiscard]] std::string ObjectionToInsightsMode(const Sight& sight);

// ---- storage -------------------------------------------------------------------------------------------------------
[[nodiscard]] std::string ObjectionToVolumeRemoval(const Sight& sight);
[[nodiscard]] std::string ObjectionToShrink(const Sight& sight);
[[nodiscard]] std::string ObjectionToVolumeShrink(const Sight& sight);
[[nodiscard]] std::string ObjectionToSize(const Sight& sight);
[[nodiscard]] std::string ObjectionToMissingIops(const Sight& sight);
[[nodiscard]] std::string ObjectionToGp3Iops(const Sight& sight);
[[nodiscard]] std::string ObjectionToGp3Throughput(const Sight& sight);
[[nodiscard]] std::string ObjectionToIopsRatio(const Sight& sight);
[[nodiscard]] std::string ObjectionToAutoscaleLimit(const Sight& sight);

// ---- version and engine --------------------------------------------------------------------------------------------
[[nodiscard]] std::string ObjectionToDowngrade(const Sight& sight);
[[nodiscard]] std::string ObjectionToMajorWithoutConsent(const Sight& sight);
[[nodiscard]] std::string ObjectionToMajorWithOldGroup(const Sight& sight);
[[nodiscard]] std::string ObjectionToMajorWithOldOptionGroup(const Sight& sight);
[[nodiscard]] std::string ObjectionToEngineChange(const Sight& sight);
[[nodiscard]] std::string ObjectionToLeavingMultiTenant(const Sight& sight);
[[nodiscard]] std::string ObjectionToCustomAutoMinor(const Sight& sight);
[[nodiscard]] std::string ObjectionToCustomProfile(const Sight& sight);

// ---- network and topology ------------------------------------------------------------------------------------------
[[nodiscard]] std::string ObjectionToZoneOfMultiAZ(const Sight& sight);
[[nodiscard]] std::string ObjectionToSubnetGroupMove(const Sight& sight);
[[nodiscard]] std::string ObjectionToNoSecurityGroups(const Sight& sight);
[[nodiscard]] std::string ObjectionToPort(const Sight& sight);
[[nodiscard]] std::string ObjectionToDnsAddresses(const Sight& sight);
[[nodiscard]] std::string ObjectionToZeroRetention(const Sight& sight);
[[nodiscard]] std::string ObjectionToLoneReservation(const Sight& sight);

// ---- names, credentials, windows, monitoring -----------------------------------------------------------------------
[[nodiscard]] std::string ObjectionToDatabaseName(const Sight& sight);
[[nodiscard]] std::string ObjectionToUsername(const Sight& sight);
[[nodiscard]] std::string ObjectionToPassword(const Sight& sight);
[[nodiscard]] std::string ObjectionToReplicaPassword(const Sight& sight);
[[nodiscard]] std::string ObjectionToLeavingManaged(const Sight& sight);
[[nodiscard]] std::string ObjectionToSecretKey(const Sight& sight);
[[nodiscard]] std::string ObjectionToInsightsKey(const Sight& sight);
[[nodiscard]] std::string ObjectionToInsightsRetention(const Sight& sight);
[[nodiscard]] std::string ObjectionToMonitoringInterval(const Sight& sight);
[[nodiscard]] std::string ObjectionToBackupWindow(const Sight& sight);
[[nodiscard]] std::string ObjectionToMaintenanceWindow(const Sight& sight);

}  // namespace rdsteady::model::db_instance
